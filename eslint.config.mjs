import tseslint from "typescript-eslint";

/** Imports point only downwards: what each folder must not know. The project references say the same of whole folders. */
const never = (files, patterns, message) => ({
    files,
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: patterns, message }] }] },
});

export default tseslint.config(
    { ignores: ["dist/", "**/dist/", "node_modules/"] },
    ...tseslint.configs.recommended,
    {
        rules: {
            // A CommonJS package that loads clients when they are used.
            "@typescript-eslint/no-require-imports": "off",
            // Destructuring is how a key is left out.
            "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true, varsIgnorePattern: "^_" }],
            eqeqeq: ["error", "always", { null: "ignore" }],
        },
    },
    never(
        ["sdk/requirements/**"],
        ["@pulumi/*", "@aws-sdk/client-*", "../runtime*", "../resources*", "node:fs*", "node:http*"],
        "Requirements are pure data and functions.",
    ),
    never(
        ["sdk/runtime/**"],
        ["@pulumi/*", "../resources*"],
        "The same handlers must be able to serve a provider executable.",
    ),
    never(
        ["sdk/resources/**"],
        ["@aws-sdk/*"],
        "A dynamic resource only names its handler; clients load in the runtime.",
    ),
    never(
        ["simulator/**"],
        ["**/sdk/*", "**/components/*", "pulumi-aws-zero-etl*"],
        "The simulator is written from the facts, not from what it tests.",
    ),
    never(
        ["policies/**"],
        ["**/components/*", "**/sdk/runtime*", "**/sdk/resources*", "**/simulator/*"],
        "The pack installs alone.",
    ),
    never(["examples/**"], ["../../*"], "An example imports the package by its name, as a user does."),
);
