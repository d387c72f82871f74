import { illegalArgument, SearchError } from "../error";
import { parseJson } from "../json";
import { legacyBody, parseComposable, parseLegacy } from "../templates";
import { OK, type Route } from "./route";

export const templateRoutes: Route[] = [
    {
        methods: ["PUT", "POST"],
        path: "/_index_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name }, query, body }) {
            gate.check("indices:admin/index_template/put");
            if (query.create === "true" && cluster.templates.has(name)) {
                throw illegalArgument(`index template [${name}] already exists`);
            }
            cluster.templates.set(name, parseComposable(name, parseJson(body), cluster.templates.values()));
            return OK;
        },
    },
    {
        methods: ["GET"],
        path: "/_index_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name } }) {
            gate.check("indices:admin/index_template/get");
            const template = cluster.templates.get(name);
            if (!template) {
                throw new SearchError(
                    "resource_not_found_exception",
                    `index template matching [${name}] not found`,
                    404,
                );
            }
            return { index_templates: [{ name, index_template: template.body }] };
        },
    },
    {
        methods: ["HEAD"],
        path: "/_index_template/{name}",
        domainOnly: true,
        answer: ({ cluster, gate, path: { name } }) => {
            gate.check("indices:admin/index_template/get");
            return { status: cluster.templates.has(name) ? 200 : 404, body: "" };
        },
    },
    {
        methods: ["DELETE"],
        path: "/_index_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name } }) {
            gate.check("indices:admin/index_template/delete");
            if (!cluster.templates.delete(name)) {
                throw new SearchError("index_template_missing_exception", `index_template [${name}] missing`, 404);
            }
            return OK;
        },
    },
    {
        methods: ["PUT", "POST"],
        path: "/_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name }, body }) {
            gate.check("indices:admin/template/put");
            cluster.legacyTemplates.set(name, parseLegacy(name, parseJson(body)));
            return OK;
        },
    },
    {
        methods: ["GET", "HEAD"],
        path: "/_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name } }) {
            gate.check("indices:admin/template/get");
            const template = cluster.legacyTemplates.get(name);
            return template ? { [name]: legacyBody(template) } : { status: 404, body: {} };
        },
    },
    {
        methods: ["DELETE"],
        path: "/_template/{name}",
        domainOnly: true,
        answer({ cluster, gate, path: { name } }) {
            gate.check("indices:admin/template/delete");
            if (!cluster.legacyTemplates.delete(name)) {
                throw new SearchError("index_template_missing_exception", `index_template [${name}] missing`, 404);
            }
            return OK;
        },
    },
];
