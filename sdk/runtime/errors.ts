import { explain } from "../requirements/integration-health";

/** A resource as its user knows it. */
export interface Subject {
    /** `GlueIntegration` */
    type: string;
    /** `project/stack/type/name` */
    owner: string;
    /** What to do about an error of AWS, where its text is known. @default - what integrations of Glue, RDS and Redshift know */
    explain?(code: string, message: string): string | undefined;
}

/** An error that AWS reports of an integration. */
export interface IntegrationError {
    code: string;
    message: string;
}

/** Something that went wrong with a resource: which, what, and what to do next. */
export class ResourceError extends Error {
    override readonly name: string = "ResourceError";

    constructor(subject: Subject, problem: string, nextStep?: string, cause?: unknown) {
        super(sentences(`${nameOf(subject)}: ${problem}`, nextStep), { cause });
    }
}

/** AWS accepted the resource and a later step failed: the engine keeps it in the state, and the next update goes on with it. */
export class InitializationFailed extends Error {
    override readonly name = "InitializationFailed";
    readonly reasons: string[];

    /** @param properties With the resource's `__provider`, or nothing could refresh or delete it afterwards. */
    constructor(
        readonly id: string,
        readonly properties: object,
        cause: Error,
    ) {
        super(cause.message, { cause });
        this.reasons = [cause.message];
    }
}

/** An error of AWS as one about the resource, with AWS's code and text. */
export function awsFailure(subject: Subject, doing: string, error: unknown): ResourceError {
    if (error instanceof ResourceError) {
        return error;
    }
    const { name: code, message } = error as Error;
    return new ResourceError(subject, `${doing}: ${code}: ${message}`, nextStep(error as Error, subject), error);
}

/** AWS's errors of an integration in one text, those of one cause together with it and the next step. */
export function describeErrors(errors: readonly IntegrationError[]): string {
    if (errors.length === 0) {
        return "AWS gives no reason.";
    }
    const explained = errors.map(({ code, message }) => ({
        said: `AWS says ${code}: ${message}`,
        explanation: explain(code, message),
    }));
    const explanations = [...new Set(explained.map(({ explanation }) => explanation))];
    return explanations
        .map((explanation) => {
            const said = explained.filter((error) => error.explanation === explanation).map(({ said }) => said);
            return sentences(...said, explanation);
        })
        .join(" ");
}

export function isNotFound(error: unknown): boolean {
    return [
        "IntegrationNotFoundFault",
        "EntityNotFoundException",
        "ResourceNotFoundException",
        "ResourceNotFoundFault",
        "PolicyNotFoundException",
        "TargetResourceNotFound",
        "ClusterNotFoundFault",
        "DBClusterNotFoundFault",
        "DBInstanceNotFoundFault",
        "index_not_found_exception",
        "resource_not_found_exception",
    ].includes((error as Error).name);
}

export function isDenied(error: unknown): boolean {
    return /AccessDenied|UnauthorizedOperation|security_exception/.test((error as Error).name);
}

/** Something else is going on with the integration, its source or its target: it will be over. */
export function isBusy(error: unknown): boolean {
    const { name, message } = error as Error;
    return (
        [
            "IntegrationConflictOperationFault",
            "InvalidIntegrationStateFault",
            "IntegrationConflictStateFault",
            "InvalidStateException",
            "InvalidClusterStateFault",
            "InvalidDBClusterStateFault",
            "InvalidDBInstanceStateFault",
        ].includes(name) || /(another operation|change\/update) is in progress/i.test(message)
    );
}

/** The name, or the place, has its holder. */
export function isTaken(error: unknown): boolean {
    return (
        [
            "ConflictException",
            "IntegrationAlreadyExistsFault",
            "AlreadyExistsException",
            "ResourceAlreadyExistsException",
            "resource_already_exists_exception",
        ].includes((error as Error).name) && !isBusy(error)
    );
}

function nameOf({ type, owner }: Subject): string {
    return `${type} "${owner.split("/").at(-1)}"`;
}

function nextStep(error: Error, subject: Subject): string | undefined {
    const { name: code, message } = error;
    const known = subject.explain ? subject.explain(code, message) : explain(code, message, "call");
    if (known) {
        return known;
    }
    if (code === "security_exception") {
        return "Map the caller's role to a role of OpenSearch that may do it (fine-grained access control), then run the update again";
    }
    if (isDenied(error)) {
        return "Allow the caller the action that AWS names, then run the update again";
    }
    if (/permission denied|must be (owner|superuser)/i.test(message)) {
        return "Sign in to the warehouse as a superuser, or as one who has CREATEDB and CREATEUSER, by secretArn or dbUser";
    }
    if (/Quota|LimitExceeded/.test(code)) {
        return "Ask AWS to raise the quota, or delete what is not needed any more";
    }
    if (/cannot be changed from type|Can't update non dynamic settings/i.test(message)) {
        return "Use a new index name: the pipeline has to export the source again to fill it";
    }
    if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|TimeoutError/.test(`${code} ${message}`)) {
        return "Run the update where the address can be reached: what is in a VPC answers only from within";
    }
    if (/Credentials|ExpiredToken|InvalidClientTokenId|UnrecognizedClient/.test(code)) {
        return "Renew the credentials, then run the update again";
    }
    return undefined;
}

/** Texts as sentences, one after the other; those that are empty are left out. */
export function sentences(...texts: (string | undefined)[]): string {
    return texts
        .filter((text) => text !== undefined && text !== "")
        .map((text) => (/[.!?]$/.test(text!) ? text : `${text}.`))
        .join(" ");
}
