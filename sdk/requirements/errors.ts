/** What is wrong with an argument. A warning does not stop anything: AWS may accept it, or accepts it and advises against it. */
export interface Problem {
    /** The argument as its user wrote it, such as `partitionBy[2].format`. */
    argument: string;
    /** What is wrong, then what to do, in sentences. */
    message: string;
    severity: "error" | "warning";
}

/** An argument that AWS would refuse. The message names the argument, says what is wrong with it, and what to do. */
export class InvalidArgument extends Error {
    override readonly name = "InvalidArgument";

    constructor(
        readonly argument: string,
        ...sentences: string[]
    ) {
        super(`${argument}: ${text(sentences)}`);
    }
}

/** An error: `rule` says what is wrong, `fix` what to do. */
export function problem(argument: string, rule: string, fix: string): Problem {
    return { argument, message: text([rule, fix]), severity: "error" };
}

/** The same as {@link problem}, for what AWS may well accept. */
export function warning(argument: string, rule: string, fix: string): Problem {
    return { argument, message: text([rule, fix]), severity: "warning" };
}

/** The same problems of arguments that are called otherwise where they come from. */
export function renamed(problems: Problem[], argumentOf: (argument: string) => string): Problem[] {
    return problems.map((each) => ({ ...each, argument: argumentOf(each.argument) }));
}

/** Throws the first error among `problems`; warnings pass. */
export function refuse(problems: Problem[]): void {
    const error = problems.find(({ severity }) => severity === "error");
    if (error) {
        throw new InvalidArgument(error.argument, error.message);
    }
}

function text(sentences: string[]): string {
    return sentences.map((sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`)).join(" ");
}
