/** `*` stands for any characters. */
export function glob(pattern: string): RegExp {
    return new RegExp(`^${pattern.replace(/[\\^$.+?()[\]{}|/]/g, "\\$&").replaceAll("*", ".*")}$`);
}
