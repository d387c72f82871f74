import * as pulumi from "@pulumi/pulumi";

import { problem, secretCredentials, type PipelineDefinition } from "../../sdk/requirements";
import { checked, derived } from "../checked";

/** User and password of a database, in Secrets Manager: none is in the body or in the state. */
export interface CredentialArgs {
    /**
     * The secret, a JSON object with `username` and `password`: a user who may read the tables and their changes.
     *
     * @default the secret that AWS keeps for the master user of a cluster or an instance of the program (`manageMasterUserPassword`)
     */
    secretArn?: pulumi.Input<string>;
    /** A customer managed key that encrypts the secret. @default none: a key of AWS */
    secretKmsKeyArn?: pulumi.Input<string>;
}

/** What a source of the program tells of AWS's own secret, and of a password that the program gives in its place. */
interface WithMasterSecret {
    masterUserSecrets: pulumi.Output<{ secretArn: string }[] | undefined>;
    /** Of a cluster. */
    masterPassword?: pulumi.Output<string | undefined>;
    /** Of an instance. */
    password?: pulumi.Output<string | undefined>;
}

/** The secret's ARN, once it is known that there is one. */
export function secretOf(
    argument: string,
    source: WithMasterSecret | object,
    { secretArn }: CredentialArgs,
): pulumi.Output<string> {
    if (secretArn !== undefined) {
        return pulumi.output(secretArn);
    }
    const unknownSecret = [
        problem(
            "secretArn",
            `It is not known where user and password of the ${argument} are`,
            `Give secretArn, or a ${argument} of the program with manageMasterUserPassword: true`,
        ),
    ];
    const { masterUserSecrets = [], masterPassword, password } = source as Partial<WithMasterSecret>;
    // AWS tells of its secrets only when the database is there; that it keeps none of such a password is known before.
    checked(masterPassword ?? password, (given) => (given === undefined ? [] : unknownSecret));
    const secrets = checked(masterUserSecrets, (list) => (list?.length ? [] : unknownSecret));
    return derived(secrets, (list) => list![0]!.secretArn);
}

const SECRET_ID = "source";

/** How a source refers to its secret: both for the body. */
export function credentialsFrom({ secretArn, region }: { secretArn: string; region: string }) {
    const secrets: PipelineDefinition["secrets"] = { [SECRET_ID]: { secretId: secretArn, region } };
    return { authentication: secretCredentials(SECRET_ID), secrets };
}
