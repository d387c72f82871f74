/** Writes the rules into the README: `node policies/dist/policies/docs.js`. */
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import type { Rule } from "./rule";
import { rules } from "./rules";

const BEGIN = "<!-- rules: made by docs.ts -->";
const END = "<!-- end of rules -->";

/** The README with the rules as they are: a list that leads to each, and what each is. */
export function withRules(readme: string): string {
    const [before, after] = [readme.indexOf(BEGIN) + BEGIN.length, readme.indexOf(END)];
    const text = [
        rules.map(({ id, title }) => `- [${id}](#${id}): ${escaped(title)}`).join("\n"),
        ...rules.map(section),
    ];
    return `${readme.slice(0, before)}\n\n${text.join("\n\n")}\n\n${readme.slice(after)}`;
}

function section({ id, title, level, severity, reads, why, fix, remediation }: Rule): string {
    return [
        `### ${id}`,
        "",
        title,
        "",
        `- **Level:** ${level}${remediation ? ", can remediate" : ""}. **Severity:** ${severity}.`,
        `- **Reads:** ${reads.map((what) => what.replace(/^\S+/, "`$&`")).join("; ")}.`,
        `- **Why:** ${escaped(why)}`,
        `- **Fix:** ${escaped(fix)}`,
    ].join("\n");
}

function escaped(text: string): string {
    return text.replaceAll("*", "\\*");
}

if (require.main === module) {
    const file = path.join(__dirname, "../../README.md");
    writeFileSync(file, withRules(readFileSync(file, "utf8")));
}
