import * as assert from "node:assert/strict";

import {
    bodyNeeds,
    bodyNeedsProblems,
    pipelineYaml,
    secretCredentials,
    tableCondition,
    conditionProblems,
    type OpenSearchSink,
    type PipelineDefinition,
} from "../../../../sdk/requirements";

const PLACE = { partition: "aws-cn", region: "cn-north-1", accountId: "111122223333" };
const HERE = `${PLACE.region}:${PLACE.accountId}`;
const SINK: OpenSearchSink = {
    hosts: [`https://search-x.${PLACE.region}.es.amazonaws.com.cn`],
    aws: { region: PLACE.region },
    index: "orders",
    dlq: { s3: { bucket: "lost", keyPathPrefix: "orders/", region: PLACE.region } },
};
const CREDENTIALS = {
    authentication: secretCredentials("db"),
    s3Bucket: "staging",
    s3Prefix: "orders/",
};

const needsOf = (definition: Omit<PipelineDefinition, "name">) =>
    bodyNeeds(pipelineYaml({ name: "orders", ...definition }), PLACE);

describe("what a body asks for", () => {
    it("is a cluster's staging bucket and secret, of DocumentDB", () => {
        const needs = needsOf({
            source: { documentdb: { host: "x", collections: [{ collection: "a.b" }], ...CREDENTIALS } },
            secrets: { db: { secretId: "shop/orders", region: PLACE.region } },
            sinks: [SINK, { ...SINK, index: "others-${/type}-%{yyyy.MM}", normalizeIndex: true }],
        });
        assert.deepEqual(needs, {
            subPipeline: "orders",
            kind: "documentdb",
            indexes: ["orders", "others-*-*"],
            deadLetterBucket: "lost",
            role: {
                source: { kind: "documentdb", staging: { bucketArn: "arn:aws-cn:s3:::staging", prefix: "orders/" } },
                deadLetters: { bucketArn: "arn:aws-cn:s3:::lost", prefix: "orders/" },
                secretArns: [`arn:aws-cn:secretsmanager:${HERE}:secret:shop/orders-??????`],
                kmsKeyArns: [],
            },
        });
    });

    it("is an instance, its export's role and its key, of RDS", () => {
        const iamRoleArn = `arn:aws-cn:iam::${PLACE.accountId}:role/export`;
        const { source, secretArns } = needsOf({
            source: {
                rds: {
                    dbIdentifier: "shop",
                    engine: "mysql",
                    database: "shop",
                    stream: true,
                    export: { kmsKeyId: "1234", iamRoleArn },
                    aws: { region: PLACE.region },
                    ...CREDENTIALS,
                },
            },
            secrets: { db: { secretId: `arn:aws-cn:secretsmanager:${HERE}:secret:shop-aBcDeF`, region: PLACE.region } },
            sinks: [SINK],
        }).role;
        assert.deepEqual(source, {
            kind: "rds",
            engine: "mysql",
            dbIdentifier: "shop",
            staging: { bucketArn: "arn:aws-cn:s3:::staging", prefix: "orders/" },
            export: { roleArn: iamRoleArn, kmsKeyArn: `arn:aws-cn:kms:${HERE}:key/1234` },
        });
        assert.deepEqual(secretArns, [`arn:aws-cn:secretsmanager:${HERE}:secret:shop-aBcDeF`]);
    });

    const table = (...sinks: OpenSearchSink[]): Omit<PipelineDefinition, "name"> => ({
        source: {
            dynamodb: {
                tables: [
                    {
                        tableArn: `arn:aws-cn:dynamodb:${HERE}:table/orders`,
                        export: { s3Bucket: "staging", s3SseKmsKeyId: `arn:aws-cn:kms:${HERE}:key/1` },
                    },
                ],
                aws: { region: PLACE.region },
            },
        },
        sinks,
    });
    const lost = (bucket: string, keyPathPrefix: string): OpenSearchSink => ({
        ...SINK,
        dlq: { s3: { bucket, keyPathPrefix, region: PLACE.region } },
    });

    it("is a table, and the key of its export", () => {
        const { source, kmsKeyArns } = needsOf(table(SINK)).role;
        assert.deepEqual(source, {
            kind: "dynamodb",
            tableArn: `arn:aws-cn:dynamodb:${HERE}:table/orders`,
            export: { bucketArn: "arn:aws-cn:s3:::staging", prefix: "" },
            stream: false,
        });
        assert.deepEqual(kmsKeyArns, [`arn:aws-cn:kms:${HERE}:key/1`]);
    });

    it("is the whole bucket where sinks have parts of it, and one bucket alone", () => {
        assert.deepEqual(needsOf(table(lost("lost", "a"), lost("lost", "b"))).role.deadLetters, {
            bucketArn: "arn:aws-cn:s3:::lost",
            prefix: "",
        });
        const body = pipelineYaml({ name: "orders", ...table(lost("lost", "a"), lost("found", "a")) });
        const [problem, ...others] = bodyNeedsProblems("body", body, "dynamodb");
        assert.deepEqual(others, []);
        assert.match(problem!.message, /Dead letters go to lost and found/);
    });

    it("is not another source than the component's", () => {
        const [problem] = bodyNeedsProblems("body", pipelineYaml({ name: "orders", ...table(SINK) }), "rds");
        assert.match(problem!.message, /reads dynamodb, and the pipeline is one of rds/);
    });
});

describe("the condition of a table", () => {
    it("names the schema where there is one", () => {
        assert.equal(tableCondition("aurora-mysql", "a.b"), 'getMetadata("table_name") == "a.b"');
        assert.equal(
            tableCondition("postgres", "crm.a.b"),
            'getMetadata("schema_name") == "crm" and getMetadata("table_name") == "a.b"',
        );
        assert.equal(tableCondition("postgres", "orders"), 'getMetadata("table_name") == "orders"');
    });

    it("is one, whatever the table is called", () => {
        for (const name of ['a"b', "a\\b", "$a", "${a}", "a' or 1"]) {
            assert.deepEqual(conditionProblems("when", tableCondition("mysql", name)), [], name);
        }
    });
});
