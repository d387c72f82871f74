import * as assert from "node:assert/strict";
import { configured, withLab, type Lab } from "./fixture";

/** The example's own program in the partitions that have their own ARNs and their own names of services. */
describe("the example, in another partition", function () {
    this.timeout(120_000);

    let lab: Lab;

    withLab((opened) => (lab = opened));

    for (const { partition, region, account } of [
        { partition: "aws-us-gov", region: "us-gov-west-1", account: "111111111111" },
        { partition: "aws-cn", region: "cn-north-1", account: "222222222222" },
    ]) {
        it(`${partition} goes up with that partition's ARNs, and rows arrive`, async () => {
            const place = { region, account };
            const stack = await lab.stack("../../../examples/customer-accounts", { name: partition, ...place });
            await stack.up(configured());
            const [integration] = await lab.integrations(place);
            assert.equal(integration!.Status, "ACTIVE");
            assert.match(integration!.IntegrationArn, new RegExp(`^arn:${partition}:glue:${region}:${account}:`));
            await lab.call(
                "dynamodb",
                "PutItem",
                { TableName: "CustomerAccounts", Item: { CustomerID: { S: "1" }, AccountNumber: { S: "1" } } },
                place,
            );
            await lab.pass(() => lab.rows("bank", "customer_accounts", place).length === 1);
            assert.doesNotMatch(JSON.stringify(await stack.export()), /arn:aws:/);
        });
    }
});
