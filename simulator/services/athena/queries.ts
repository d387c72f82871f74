import { randomUUID } from "node:crypto";
import type {
    BatchGetNamedQueryInput,
    BatchGetNamedQueryOutput,
    CreateNamedQueryInput,
    CreateNamedQueryOutput,
    DeleteNamedQueryInput,
    GetNamedQueryInput,
    GetNamedQueryOutput,
    ListNamedQueriesInput,
    ListNamedQueriesOutput,
    NamedQuery,
    UpdateNamedQueryInput,
} from "@aws-sdk/client-athena";
import type { Context } from "../../world/context";
import { operation, type Operation } from "../../world/service";
import { operationsOn, pageOf } from "../operations";
import { Athena, findWorkGroup, invalid, MAX_PER_PAGE, PRIMARY, workGroupArn } from "./state";

/** Of the members of a saved query, in characters. */
const MAX_LENGTHS = { Name: 128, Description: 1024, Database: 255, QueryString: 262_144 };
const MAX_PER_BATCH = 50;

export const namedQueries: Record<string, Operation> = {
    ...operationsOn("athena", (input, ctx) => workGroupArn(ctx, workGroupOf(input, ctx)), {
        CreateNamedQuery(input: CreateNamedQueryInput, ctx): CreateNamedQueryOutput {
            const { ClientRequestToken, WorkGroup = PRIMARY, ...members } = input;
            const { namedQueries, requestTokens } = ctx.state(Athena);
            checkLengths(members);
            if (findWorkGroup(ctx, WorkGroup).workGroup.State === "DISABLED") {
                throw invalid(`WorkGroup ${WorkGroup} is disabled.`);
            }
            // A request that is sent again under its token makes no second query.
            const earlier = ClientRequestToken && requestTokens.get(ClientRequestToken);
            if (earlier && namedQueries.has(earlier)) {
                return { NamedQueryId: earlier };
            }
            const NamedQueryId = randomUUID();
            namedQueries.set(NamedQueryId, { ...(members as NamedQuery), NamedQueryId, WorkGroup });
            if (ClientRequestToken) {
                requestTokens.set(ClientRequestToken, NamedQueryId);
            }
            return { NamedQueryId };
        },

        GetNamedQuery: (input: GetNamedQueryInput, ctx): GetNamedQueryOutput => ({
            NamedQuery: findQuery(ctx, input.NamedQueryId!),
        }),

        UpdateNamedQuery(input: UpdateNamedQueryInput, ctx) {
            const { Name, Description, QueryString } = input;
            checkLengths(input);
            Object.assign(findQuery(ctx, input.NamedQueryId!), {
                Name,
                QueryString,
                ...(Description !== undefined && { Description }),
            });
        },

        DeleteNamedQuery(input: DeleteNamedQueryInput, ctx) {
            findQuery(ctx, input.NamedQueryId!);
            ctx.state(Athena).namedQueries.delete(input.NamedQueryId!);
        },

        ListNamedQueries(input: ListNamedQueriesInput, ctx): ListNamedQueriesOutput {
            const WorkGroup = workGroupOf(input, ctx);
            findWorkGroup(ctx, WorkGroup);
            const ids = [...ctx.state(Athena).namedQueries.values()]
                .filter((query) => query.WorkGroup === WorkGroup)
                .map((query) => query.NamedQueryId!);
            const { page, next } = pageOf(ids, input.MaxResults ?? MAX_PER_PAGE, input.NextToken);
            return { NamedQueryIds: page, NextToken: next };
        },
    }),

    BatchGetNamedQuery: operation<BatchGetNamedQueryInput, BatchGetNamedQueryOutput>({
        access: (input, ctx) =>
            input.NamedQueryIds!.map((NamedQueryId) => ({
                action: "athena:BatchGetNamedQuery",
                resource: workGroupArn(ctx, workGroupOf({ NamedQueryId }, ctx)),
            })),
        handle(input, ctx) {
            const ids = input.NamedQueryIds!;
            const { namedQueries } = ctx.state(Athena);
            if (ids.length < 1 || ids.length > MAX_PER_BATCH) {
                throw invalid(`NamedQueryIds must have between 1 and ${MAX_PER_BATCH} elements.`);
            }
            return {
                NamedQueries: ids.map((id) => namedQueries.get(id)).filter((query) => query !== undefined),
                UnprocessedNamedQueryIds: ids
                    .filter((id) => !namedQueries.has(id))
                    .map((NamedQueryId) => ({
                        NamedQueryId,
                        ErrorCode: "INVALID_INPUT",
                        ErrorMessage: notFoundMessage(NamedQueryId),
                    })),
            };
        },
    }),
};

/** The workgroup that a request names, or that its query is in. */
function workGroupOf(input: { WorkGroup?: string; NamedQueryId?: string }, ctx: Context): string {
    const query = input.NamedQueryId ? ctx.state(Athena).namedQueries.get(input.NamedQueryId) : undefined;
    return input.WorkGroup ?? query?.WorkGroup ?? PRIMARY;
}

function findQuery(ctx: Context, id: string): NamedQuery {
    const query = ctx.state(Athena).namedQueries.get(id);
    if (!query) {
        throw invalid(notFoundMessage(id));
    }
    return query;
}

function notFoundMessage(id: string): string {
    return `Named query ${id} does not exist.`;
}

function checkLengths(input: Partial<Record<keyof typeof MAX_LENGTHS, string>>): void {
    for (const [member, max] of Object.entries(MAX_LENGTHS) as [keyof typeof MAX_LENGTHS, number][]) {
        const value = input[member];
        // Only a description may be empty.
        if (value !== undefined && (value.length > max || (value === "" && member !== "Description"))) {
            throw invalid(`${member} must have between 1 and ${max} characters.`);
        }
    }
}
