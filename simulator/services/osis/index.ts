import type { Service } from "../../world/service";
import { blueprints } from "./blueprints";
import { model } from "./model";
import { pipelines } from "./pipelines";
import { policies, resourcePolicy } from "./policies";
import { tags } from "./tags";

/** Amazon OpenSearch Ingestion: pipelines that read a source, change what they read, and write it to OpenSearch. */
export const osis: Service = {
    id: "osis",
    model: () => model,
    operations: { ...pipelines, ...tags, ...policies, ...blueprints },
    resourcePolicy,
};
