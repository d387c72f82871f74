import { SearchError } from "../error";
import { parsePipeline } from "../ingest";
import { parseJson } from "../json";
import { OK, type Route } from "./route";

export const pipelineRoutes: Route[] = [
    {
        methods: ["PUT"],
        path: "/_ingest/pipeline/{name}",
        answer({ cluster, gate, path: { name }, body }) {
            gate.check("cluster:admin/ingest/pipeline/put");
            cluster.pipelines.set(name, parsePipeline(parseJson(body)));
            return OK;
        },
    },
    {
        methods: ["GET"],
        path: "/_ingest/pipeline/{name}",
        answer({ cluster, gate, path: { name } }) {
            gate.check("cluster:admin/ingest/pipeline/get");
            const pipeline = cluster.pipelines.get(name);
            return pipeline ? { [name]: pipeline.body } : { status: 404, body: {} };
        },
    },
    {
        methods: ["DELETE"],
        path: "/_ingest/pipeline/{name}",
        answer({ cluster, gate, path: { name } }) {
            gate.check("cluster:admin/ingest/pipeline/delete");
            if (!cluster.pipelines.delete(name)) {
                throw new SearchError("resource_not_found_exception", `pipeline [${name}] is missing`, 404);
            }
            return OK;
        },
    },
];
