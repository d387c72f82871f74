import { validate } from "@aws-sdk/util-arn-parser";

import { parseArn } from "../requirements/arn";
import { problem, type Problem } from "../requirements/errors";

import { clientsOf, type Account, type Clients } from "./clients";
import { awsFailure, ResourceError, type Subject } from "./errors";
import { isUnknown } from "./values";

const identities = new WeakMap<Clients, Promise<string>>();

/**
 * The clients of an account, after AWS has said that they lead there. Reading needs it as much as writing: what is
 * looked for in the wrong account is not found, and would be taken for deleted.
 */
export async function enter(account: Account, subject: Subject): Promise<Clients> {
    const clients = clientsOf(account);
    const actual = await accountOf(clients).catch((error) => {
        identities.delete(clients);
        throw awsFailure(subject, "AWS does not say whose the credentials are", error);
    });
    if (account.accountId !== undefined && account.accountId !== actual) {
        throw new ResourceError(
            subject,
            `it belongs to account ${account.accountId}, and the credentials at hand are of account ${actual}; nothing was written`,
            "Use credentials of that account, or give the component a provider made with AwsAccount, which takes the same role here as it does for aws resources",
        );
    }
    return clients;
}

/** What is wrong with an ARN whose resource can only be reached in its own account and Region. */
export function placeProblems(argument: string, arn: string, { accountId, region }: Account): Problem[] {
    if (!validate(arn) || isUnknown(arn)) {
        return [];
    }
    const named = parseArn(arn);
    const differs = (ours: string | undefined, theirs: string) =>
        ours !== undefined && !isUnknown(ours) && theirs !== "" && ours !== theirs;
    return [
        ...(differs(accountId, named.accountId)
            ? [
                  problem(
                      argument,
                      `It is in account ${named.accountId}, and the provider leads to account ${accountId}`,
                      `Give the resource a provider of account ${named.accountId}`,
                  ),
              ]
            : []),
        ...(differs(region, named.region)
            ? [
                  problem(
                      argument,
                      `It is in ${named.region}, and the provider's Region is ${region}`,
                      `Give the resource a provider of ${named.region}`,
                  ),
              ]
            : []),
    ];
}

function accountOf(clients: Clients): Promise<string> {
    const identity = identities.get(clients) ?? clients.sts.getCallerIdentity({}).then(({ Account }) => Account!);
    identities.set(clients, identity);
    return identity;
}
