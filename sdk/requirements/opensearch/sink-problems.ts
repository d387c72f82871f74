import { problem, warning, type Problem } from "../errors";
import { at, isMapping, isOn, type Mapping } from "./options";

/** What is wrong with the options of a sink taken together. */
export function sinkProblems(argument: string, sink: Mapping): Problem[] {
    return [
        ...regionProblems(argument, sink),
        ...indexNameProblems(argument, sink),
        ...endpointProblems(`${argument}.hosts`, sink),
        ...collectionProblems(argument, sink),
        ...templateContentProblems(argument, sink),
        ...versioningProblems(argument, sink),
        ...documentIdProblems(argument, sink),
        ...keyProblems(argument, sink),
        ...deadLetterProblems(argument, sink),
    ];
}

function regionProblems(argument: string, { aws, dlq }: Mapping): Problem[] {
    const s3 = isMapping(dlq) && isMapping(dlq.s3) ? dlq.s3 : undefined;
    return [
        ...(isMapping(aws) && aws.region != null ? [] : [withoutRegion(`${argument}.aws.region`)]),
        ...(s3 && s3.region == null ? [withoutRegion(`${argument}.dlq.s3.region`)] : []),
    ];
}

/** What is left out is not the pipeline's Region. */
export function withoutRegion(argument: string): Problem {
    return warning(argument, "It is not given, and then it is us-east-1, wherever the pipeline is", "Write the Region");
}

function indexNameProblems(argument: string, { index, index_type, normalize_index }: Mapping): Problem[] {
    const path = `${argument}.index`;
    if (index == null) {
        return index_type == null || index_type === "custom" || index_type === "management_disabled"
            ? [problem(path, "It is not given", "Name the index")]
            : [];
    }
    if (typeof index !== "string") {
        return [];
    }
    // What stands between braces becomes part of the name only with each event.
    const fixed = index.replace(/\$\{[^}]*\}|%\{[^}]*\}/g, "");
    const isDynamic = index.includes("${");
    if (isDynamic && !isOn(normalize_index)) {
        return [
            ...fixedNameProblems(path, fixed),
            warning(
                path,
                "The name depends on the document, and a value with capitals or spaces makes a name that OpenSearch refuses",
                "Set normalize_index: true",
            ),
        ];
    }
    return fixedNameProblems(path, fixed);
}

function fixedNameProblems(argument: string, fixed: string): Problem[] {
    return /[A-Z\s"*\\<|,>/?#:]/.test(fixed) || /^[-_+.]/.test(fixed)
        ? [
              problem(
                  argument,
                  `"${fixed}" is no name of an index`,
                  `Use lower-case letters, digits, hyphens and underscores, and none of " * \\ < | , > / ? # : or a space`,
              ),
          ]
        : [];
}

/** Pipelines write to domains and collections of AWS, by the endpoints that AWS gave them. */
function endpointProblems(argument: string, { hosts }: Mapping): Problem[] {
    return (Array.isArray(hosts) ? (hosts as unknown[]) : []).flatMap((host, index) =>
        typeof host !== "string" || /\.(amazonaws\.com(\.cn)?|on\.aws|api\.aws)(:443)?\/?$/.test(host)
            ? []
            : [
                  warning(
                      `${argument}[${index}]`,
                      "It looks like no endpoint of AWS's, and a custom endpoint or a cluster of one's own is none that pipelines write to",
                      "Give the domain's own endpoint, or the collection's",
                  ),
              ],
    );
}

function collectionProblems(argument: string, sink: Mapping): Problem[] {
    const { aws, index_type, template_type, hosts } = sink;
    const endpoints = Array.isArray(hosts) ? hosts.map(String) : [];
    const isCollection = endpoints.some((host) => /\.aoss\./.test(host));
    const isServerless = isServerlessSink(sink);
    return [
        ...(isCollection && !isServerless
            ? [
                  problem(
                      `${argument}.aws.serverless`,
                      "The host is a collection's, and the sink is not told so",
                      "Write serverless: true",
                  ),
              ]
            : []),
        ...(isServerless && endpoints.length > 0 && endpoints.every((host) => /\.es\./.test(host))
            ? [problem(`${argument}.aws.serverless`, "The host is a domain's", "Leave serverless out")]
            : []),
        ...(isServerless && index_type != null && index_type !== "management_disabled"
            ? [
                  problem(
                      `${argument}.index_type`,
                      "A pipeline does not manage a collection's indexes",
                      "Use management_disabled, and make the index beforehand",
                  ),
              ]
            : []),
        ...(isServerless && template_type != null && template_type !== "index-template"
            ? [problem(`${argument}.template_type`, "Collections know no templates of version 1", "Use index-template")]
            : []),
        ...(!isServerless && isMapping(aws) && aws.serverless_options != null
            ? [problem(`${argument}.aws.serverless_options`, "They are a collection's", "Write serverless: true")]
            : []),
    ];
}

function templateContentProblems(argument: string, sink: Mapping): Problem[] {
    const { template_content: content, index_type, template_type } = sink;
    const path = `${argument}.template_content`;
    if (typeof content !== "string") {
        return [];
    }
    let template: unknown;
    try {
        template = JSON.parse(content);
    } catch (error) {
        return [problem(path, `It is no JSON: ${(error as Error).message}`, "Give the template as JSON")];
    }
    if (!isMapping(template)) {
        return [problem(path, "It is no object", "Give settings and mappings")];
    }
    const isNested = template_type === "index-template" || isServerlessSink(sink);
    const misplaced = ["settings", "mappings"].filter((key) => template[key] !== undefined);
    return [
        ...(index_type === "management_disabled" || (index_type == null && isServerlessSink(sink))
            ? [
                  warning(
                      path,
                      "It is not read where the pipeline manages no indexes",
                      "Make the index with its mapping beforehand",
                  ),
              ]
            : []),
        ...(isNested && misplaced.length > 0
            ? [problem(path, `${misplaced.join(" and ")} are at the top`, "An index template has them under template")]
            : []),
        ...(!isNested && isMapping(template.template)
            ? [
                  problem(
                      path,
                      "They are under template",
                      "A template of version 1 has settings and mappings at the top, or set template_type: index-template",
                  ),
              ]
            : []),
    ];
}

function versioningProblems(argument: string, sink: Mapping): Problem[] {
    const { action, actions, script, document_version, document_version_type: type } = sink;
    const isExternal = type === "external" || type === "external_gte";
    const types = [action, ...(Array.isArray(actions) ? actions.filter(isMapping).map((each) => each.type) : [])];
    const updates = types.filter((each) => each === "update" || each === "upsert");
    const mayUpdate = updates.length > 0 || types.some((each) => typeof each === "string" && each.includes("${"));
    return [
        ...(isExternal && document_version == null
            ? [
                  problem(
                      `${argument}.document_version`,
                      `The version is ${String(type)}, and none is given`,
                      'Write ${getMetadata("document_version")}',
                  ),
              ]
            : []),
        ...(document_version != null && !isExternal
            ? [
                  warning(
                      `${argument}.document_version_type`,
                      "Versions count only where they are external",
                      "Write external",
                  ),
              ]
            : []),
        ...(script != null && type === "external"
            ? [problem(`${argument}.script`, "A script does not go with external versions", "Leave one of them out")]
            : []),
        ...(script != null && !mayUpdate
            ? [
                  problem(
                      `${argument}.script`,
                      "It is of update and upsert, and neither is among the actions",
                      "Leave it out",
                  ),
              ]
            : []),
        ...(isExternal && updates.length > 0
            ? [
                  warning(
                      `${argument}.document_version_type`,
                      `OpenSearch takes no external versions with ${updates.join(" and ")}`,
                      "Use internal, or index whole documents",
                  ),
              ]
            : []),
    ];
}

function documentIdProblems(argument: string, { document_id, action, actions, document_id_field }: Mapping): Problem[] {
    const needing = [
        action,
        ...(Array.isArray(actions) ? actions.filter(isMapping).map(({ type }) => type) : []),
    ].filter(
        (type) => type === "update" || type === "upsert" || type === "delete" || String(type ?? "").includes("${"),
    );
    return document_id == null && document_id_field == null && needing.length > 0
        ? [
              problem(
                  `${argument}.document_id`,
                  "Without it nobody knows which document is changed or deleted",
                  'Write ${getMetadata("primary_key")}; a time-series collection takes no ids, and only index and create',
              ),
          ]
        : [];
}

function keyProblems(argument: string, { include_keys, exclude_keys }: Mapping): Problem[] {
    return include_keys != null && exclude_keys != null
        ? [problem(`${argument}.exclude_keys`, "A sink takes include_keys or exclude_keys, not both", "Leave one out")]
        : [];
}

function deadLetterProblems(argument: string, { dlq, dlq_file }: Mapping): Problem[] {
    return dlq == null && dlq_file == null
        ? [
              warning(
                  at(argument, "dlq"),
                  "Documents that OpenSearch refuses are lost",
                  "Write dlq: { s3: { bucket, region } }",
              ),
          ]
        : [];
}

/** Whether a sink says that its target is a collection. */
export function isServerlessSink({ aws }: Mapping): boolean {
    return isMapping(aws) && isOn(aws.serverless);
}
