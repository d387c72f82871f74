import * as pulumi from "@pulumi/pulumi";
import type { Table } from "@pulumi/aws/dynamodb/table";

import { declaredEncryption, dynamoDbSourceProblems } from "../../sdk/requirements";
import { checked, warnOf } from "../checked";
import type { Location, Target } from "../targets/target";
import { besideTarget } from "./source";

/** A DynamoDB table that is declared elsewhere. */
export interface ExistingTable {
    /** `arn:aws:dynamodb:region:account:table/name` */
    arn: pulumi.Input<string>;
    /** @default the name in the ARN */
    name?: pulumi.Input<string>;
}

/** The table's ARN, once it is known to be a table of the integration's account in the target's Region. */
export function tableSource(table: Table | ExistingTable, account: Location, target: Target): pulumi.Output<string> {
    if (isDeclared(table)) {
        warnOfMissingPrerequisites(table);
    }
    const arn = checked(table.arn, (value) => dynamoDbSourceProblems("table", { arn: value }));
    return besideTarget({ argument: "table", service: "dynamodb", arn }, account, target);
}

function isDeclared(table: Table | ExistingTable): table is Table {
    return pulumi.CustomResource.isInstance(table);
}

/** AWS says nothing of these when it accepts the integration; without the policy pack, this is where a user hears of them first. */
function warnOfMissingPrerequisites(table: Table): void {
    // Whether it is on, alone: the period beside it is AWS's, and not known at a first preview.
    pulumi.all([table.pointInTimeRecovery.enabled, table.serverSideEncryption]).apply(([recovery, encryption]) =>
        warnOf(
            table,
            dynamoDbSourceProblems("table", {
                pointInTimeRecovery: recovery,
                encryption: declaredEncryption(encryption),
            }),
        ),
    );
}
