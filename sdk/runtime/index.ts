/**
 * What the dynamic resources of this package call, and nothing of Pulumi: the state of a stack holds only
 * `require("pulumi-aws-zero-etl/runtime")`, so that refresh and destroy run the code that is installed.
 */
import { configure as configureClients } from "./clients";

export { glueIntegration } from "./integration/glue";
export { glueIntegrationResourceProperty } from "./glue-resource-property";
export { glueIntegrationTableProperties } from "./glue-table-properties";
export { dynamoDbTablePolicyMember, glueCatalogPolicyMember } from "./policy-member";

/** Takes the stack's configuration; the engine sends it once to each provider process. */
export async function configure({ config }: { config: object }): Promise<void> {
    // Pulumi's Config holds the whole of it, though its typings show only single keys.
    const { rawConfig = {} } = config as { rawConfig?: Record<string, string> };
    configureClients(rawConfig);
}
