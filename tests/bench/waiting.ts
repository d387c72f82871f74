/** How often AWS is asked while many integrations wait: with the shared list, and with a list for each. */
import { glueIntegration } from "../../sdk/runtime";
import type { GlueIntegrationInputs } from "../../sdk/runtime/integration/glue";
import { BankOnline, common } from "../unit/runtime/bank-online";
import { anotherProcess } from "../unit/runtime/offline";
import { ACCOUNT, Bank, SOURCE_ARN } from "../unit/simulator/glue-world";

const INTEGRATIONS = 40;

/** A bank with so many databases, each of them ready to be a target. */
async function bankWithTargets(targets: string[]): Promise<Bank> {
    const bank = new Bank();
    bank.catalogPolicy.forEach((statement) => (statement.Resource = "*"));
    bank.rolePolicy.push({ Effect: "Allow", Action: ["s3:*", "glue:*"], Resource: "*" });
    await bank.setUp();
    for (const name of targets) {
        await bank.target.call("glue", "CreateDatabase", {
            DatabaseInput: { Name: name, LocationUri: `s3://lake/${name}/` },
        });
        await bank.target.call("glue", "CreateIntegrationResourceProperty", {
            ResourceArn: arnOf(bank, name),
            TargetProcessingProperties: { RoleArn: bank.roleArn },
        });
    }
    return bank;
}

function arnOf(bank: Bank, database: string): string {
    return bank.targetArn.replace(/bank$/, database);
}

/** The number of DescribeIntegrations until all are active. */
async function looks(handlerFor: (online: BankOnline) => Promise<typeof glueIntegration>): Promise<number> {
    const targets = Array.from({ length: INTEGRATIONS }, (_, i) => `target_${i}`);
    const bank = await bankWithTargets(targets);
    const online = await BankOnline.open(bank);
    // Two seconds of polls every 50 ms, as ten minutes of polls every 15 s are.
    bank.world.clock.setSpeed(300);
    try {
        const created = targets.map(async (target) => {
            const inputs: GlueIntegrationInputs = {
                ...common("GlueIntegration", target, ACCOUNT),
                integrationName: target.replace("_", "-"),
                sourceArn: SOURCE_ARN,
                targetArn: arnOf(bank, target),
                refreshInterval: "15 minutes",
            };
            return (await handlerFor(online)).create(inputs);
        });
        await Promise.all(created);
        return bank.world.requests.find({ door: "http", operation: "DescribeIntegrations" }).length;
    } finally {
        await online.close();
    }
}

async function main(): Promise<void> {
    const shared = await looks(async () => glueIntegration);
    const own = await looks(async (online) => {
        const alone = anotherProcess().runtime;
        await online.signIn(ACCOUNT, {}, alone);
        return alone.glueIntegration;
    });
    console.log(
        `${INTEGRATIONS} integrations wait: ${shared} calls; each with a list of its own ${own}: ${(shared / own).toFixed(2)}`,
    );
}

void main();
