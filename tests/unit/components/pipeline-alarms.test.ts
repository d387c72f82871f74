import * as assert from "node:assert/strict";

import { DynamoDbToOpenSearch, PipelineAlarms, SearchTarget } from "../../../components";
import { ACCOUNT, MockEngine, REGION, valueOf } from "./mocks";

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:on-call`;

describe("PipelineAlarms", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    const make = (args: Partial<ConstructorParameters<typeof PipelineAlarms>[1]> = {}) =>
        new PipelineAlarms("alarms", {
            pipeline: new DynamoDbToOpenSearch("catalog", {
                table: { arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/products` },
                search: new SearchTarget("search", { kind: "domain" }),
                index: { name: "products" },
                capacity: { minUnits: 2, maxUnits: 6 },
            }),
            actions: [TOPIC],
            ...args,
        });

    it("watch what is refused, lost, late and full, each by its name in CloudWatch", async () => {
        await valueOf(make().alarms);
        const watched = engine.resources
            .filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm")
            .map(({ name, inputs }) => [name, inputs.metricName, inputs.threshold]);
        assert.deepEqual(watched, [
            ["alarms-document-errors", "bank-dev-catalog.opensearch.documentErrors.count", 0],
            ["alarms-dead-letter-failures", "bank-dev-catalog.opensearch.s3.dlqS3RecordsFailed.count", 0],
            ["alarms-export-failures", "bank-dev-catalog.dynamodb.exportJobFailure.count", 0],
            ["alarms-change-errors", "bank-dev-catalog.dynamodb.changeEventsProcessingErrors.count", 0],
            ["alarms-source-errors", "dynamodb.stream5xxErrors.count", 10],
            ["alarms-latency", "bank-dev-catalog.opensearch.EndToEndLatency.avg", 300_000],
            ["alarms-buffer", "bank-dev-catalog.BlockingBuffer.bufferUsage.value", 80],
            ["alarms-cpu", "system.cpu.usage.value", 85],
            ["alarms-units", "computeUnits", 6],
        ]);
        const { inputs } = engine.find("alarms-units");
        assert.deepEqual(inputs.dimensions, { PipelineName: "bank-dev-catalog" });
        assert.deepEqual([inputs.namespace, inputs.treatMissingData], ["AWS/OSIS", "notBreaching"]);
        assert.deepEqual([inputs.alarmActions, inputs.okActions], [[TOPIC], [TOPIC]]);
        assert.equal(inputs.comparisonOperator, "GreaterThanOrEqualToThreshold");
    });

    it("leave out and change what they are told to", async () => {
        await valueOf(
            make({ except: ["cpu"], maxLatencySeconds: 60, transform: { buffer: { threshold: 95 } } }).alarms,
        );
        assert.throws(() => engine.find("alarms-cpu"), /There is no/);
        assert.equal(engine.find("alarms-latency").inputs.threshold, 60_000);
        assert.equal(engine.find("alarms-buffer").inputs.threshold, 95);
    });
});
