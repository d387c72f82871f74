import type { NormalizedSchema } from "@smithy/core/schema";
import type { Schema } from "../world/model";
import { encode, envelope, TEXT, xmlCodec } from "./codec";
import type { Protocol } from "./protocol";
import { formOf, formTree, query, type FormTree } from "./query";

/** EC2's own query protocol: lists without `member`, members in capitals, answers without a `Result` around them. */
export const ec2Query: Protocol = {
    ...query,

    commonErrors: { ...query.commonErrors, AccessDeniedException: ["UnauthorizedOperation", 403] },

    async read(request, model) {
        const { Action: operation, ...members } = formTree(formOf(request)) as Record<string, FormTree>;
        const schema = model.operation(String(operation))?.input;
        const input = schema ? read(schema, members) : {};
        return { operation: String(operation), input: input as Record<string, unknown> };
    },

    write({ operation }, output, model, requestId) {
        const schema = model.operation(operation)!.output;
        const response = envelope(`${operation}Response`, { requestId: TEXT, ...membersOf(schema) });
        const body = encode(xmlCodec(model), response, { ...output, requestId });
        return { status: 200, headers: { "content-type": "text/xml" }, body };
    },

    writeError({ code, message, status }, requestId, model) {
        const error = envelope("Error", { Code: TEXT, Message: TEXT });
        const response = envelope("Response", { Errors: envelope("Errors", { Error: error }), RequestID: TEXT });
        const content = { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId };
        const body = encode(xmlCodec(model), response, content);
        return { status, headers: { "content-type": "text/xml" }, body };
    },
};

/** A structure's members as its schema lists them. */
function membersOf(schema: NormalizedSchema): Record<string, Schema> {
    if (schema.isUnitSchema()) {
        return {};
    }
    const [, , , , names, members] = schema.getSchema() as unknown as [0, "", "", 0, string[], Schema[]];
    return Object.fromEntries(names.map((name, index) => [name, members[index]]));
}

function read(schema: NormalizedSchema, tree: FormTree): unknown {
    if (schema.isListSchema()) {
        return (tree as FormTree[]).map((element) => read(schema.getValueSchema(), element));
    }
    if (schema.isStructSchema()) {
        const members = tree as Record<string, FormTree>;
        const given = [...schema.structIterator()].map(
            ([name, member]) => [name, member, members[keyOf(name, member)]] as const,
        );
        return Object.fromEntries(
            given
                .filter(([, , value]) => value !== undefined)
                .map(([name, member, value]) => [name, read(member, value)]),
        );
    }
    if (schema.isBooleanSchema()) {
        return tree === "true";
    }
    return schema.isNumericSchema() ? Number(tree) : tree;
}

/** A member's name in a request. */
function keyOf(name: string, member: NormalizedSchema): string {
    const { ec2QueryName, xmlName = name } = member.getMergedTraits() as { ec2QueryName?: string; xmlName?: string };
    return ec2QueryName ?? xmlName[0].toUpperCase() + xmlName.slice(1);
}
