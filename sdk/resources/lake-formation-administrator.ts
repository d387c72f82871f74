import * as pulumi from "@pulumi/pulumi";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** Arguments of {@link LakeFormationAdministrator}. */
export interface LakeFormationAdministratorArgs extends DynamicResourceArgs {
    /** A user's or a role's ARN. Another one replaces the administrator. */
    principalArn: pulumi.Input<string>;
    /** Whether it only reads: everything, and changes nothing. Another answer replaces the administrator. @default false */
    readOnly?: pulumi.Input<boolean>;
}

/**
 * One administrator of an account's data lake.
 *
 * A dynamic resource, because `aws.lakeformation.DataLakeSettings` owns all settings of the account: it takes the administrators of other
 * teams away, and everybody's when it is destroyed.
 */
export class LakeFormationAdministrator extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("LakeFormationAdministrator");

    /** The user or the role. */
    declare readonly principalArn: pulumi.Output<string>;

    constructor(name: string, args: LakeFormationAdministratorArgs, opts?: pulumi.CustomResourceOptions) {
        super("LakeFormationAdministrator", name, args, [], opts);
    }
}
