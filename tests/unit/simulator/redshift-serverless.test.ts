import * as assert from "node:assert/strict";

import { allServices } from "../../../simulator/services";
import { minutes } from "../../../simulator/world/clock";
import { World } from "../../../simulator/world/world";
import { ACCOUNT, refusal, REGION } from "./glue-world";
import { Warehousing } from "./warehouse-world";

describe("simulator/redshift-serverless", () => {
    async function workgroup(more: object = {}) {
        const world = new World({ services: allServices });
        const ctx = world.administrator(ACCOUNT, REGION);
        const call = (operation: string, input: object = {}) => ctx.call("redshift-serverless", operation, input);
        await call("CreateNamespace", { namespaceName: "sales" });
        await call("CreateWorkgroup", { workgroupName: "sales", namespaceName: "sales", ...more });
        await world.clock.advance(minutes(5));
        const read = async () => (await call("GetWorkgroup", { workgroupName: "sales" })).workgroup;
        const parameters = async () =>
            Object.fromEntries(
                (await read()).configParameters.map((p: { parameterKey: string; parameterValue: string }) => [
                    p.parameterKey,
                    p.parameterValue,
                ]),
            );
        return {
            world,
            ctx,
            call,
            read,
            parameters,
            update: (m: object) => call("UpdateWorkgroup", { workgroupName: "sales", ...m }),
        };
    }

    const caseSensitive = { parameterKey: "enable_case_sensitive_identifier", parameterValue: "true" };

    it("tells of all nine parameters, whichever were given", async () => {
        const { parameters } = await workgroup({ configParameters: [caseSensitive] });
        assert.deepEqual(await parameters(), {
            auto_mv: "true",
            datestyle: "ISO, MDY",
            enable_case_sensitive_identifier: "true",
            enable_user_activity_logging: "true",
            max_query_execution_time: "14400",
            query_group: "default",
            require_ssl: "true",
            search_path: "$user, public",
            use_fips_ssl: "false",
        });
    });

    it("puts those back to AWS's value that an update leaves out", async () => {
        const { parameters, update, world } = await workgroup({
            configParameters: [{ parameterKey: "require_ssl", parameterValue: "false" }],
        });
        await update({ configParameters: [caseSensitive] });
        await world.clock.advance(minutes(2));
        const { require_ssl, enable_case_sensitive_identifier } = await parameters();
        assert.deepEqual([require_ssl, enable_case_sensitive_identifier], ["true", "true"]);
    });

    it("takes one kind of change at a time, and none while it changes", async () => {
        const { read, update, world } = await workgroup();
        const two = update({ baseCapacity: 8, configParameters: [caseSensitive] });
        assert.equal((await refusal(two)).code, "ValidationException");
        assert.equal((await refusal(update({}))).code, "ValidationException");
        const unknown = { parameterKey: "enableCaseSensitiveIdentifier", parameterValue: "true" };
        assert.equal((await refusal(update({ configParameters: [unknown] }))).code, "ValidationException");
        await update({ subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] });
        assert.equal((await read()).status, "MODIFYING");
        assert.equal((await refusal(update({ baseCapacity: 8 }))).code, "ConflictException");
        await world.clock.advance(minutes(2));
        await update({ baseCapacity: 8 });
        await world.clock.advance(minutes(2));
        const { status, baseCapacity, subnetIds } = await read();
        assert.deepEqual([status, baseCapacity, subnetIds], ["AVAILABLE", 8, ["subnet-1"]]);
    });

    it("keeps a namespace as long as it has a workgroup or takes data", async () => {
        const warehousing = await new Warehousing().setUp();
        const call = (operation: string, input: object = {}) =>
            warehousing.target.call("redshift-serverless", operation, input);
        const drop = () => call("DeleteNamespace", { namespaceName: "sales" });
        assert.equal((await refusal(drop())).code, "ConflictException");
        const arn = await warehousing.create();
        await warehousing.pass(minutes(20));
        await call("DeleteWorkgroup", { workgroupName: "sales" });
        await warehousing.pass(minutes(3));
        assert.equal(
            (await refusal(call("GetWorkgroup", { workgroupName: "sales" }))).code,
            "ResourceNotFoundException",
        );
        assert.match((await refusal(drop())).message, /target of zero-ETL/);
        await warehousing.source.call("redshift", "DeleteIntegration", { IntegrationArn: arn });
        await warehousing.pass(minutes(4));
        await drop();
        await warehousing.pass(minutes(2));
        assert.deepEqual((await call("ListNamespaces")).namespaces, []);
    });

    it("keeps the administrator's password in a secret that nobody else changes", async () => {
        const { call, ctx } = await workgroup();
        const { namespace } = await call("CreateNamespace", { namespaceName: "staff", manageAdminPassword: true });
        const SecretId = namespace.adminPasswordSecretArn;
        const { SecretString } = await ctx.call("secretsmanager", "GetSecretValue", { SecretId });
        assert.equal(JSON.parse(SecretString).username, "admin");
        const put = ctx.call("secretsmanager", "PutSecretValue", { SecretId, SecretString: "{}" });
        assert.equal((await refusal(put)).code, "InvalidRequestException");
    });

    it("tags what it has", async () => {
        const { call, read } = await workgroup({ tags: [{ key: "team", value: "sales" }] });
        const resourceArn = (await read()).workgroupArn;
        await call("TagResource", { resourceArn, tags: [{ key: "env", value: "test" }] });
        await call("UntagResource", { resourceArn, tagKeys: ["team"] });
        assert.deepEqual((await call("ListTagsForResource", { resourceArn })).tags, [{ key: "env", value: "test" }]);
    });
});
