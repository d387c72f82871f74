/** Whether a caller may do something, by OpenSearch's names of what is done: `indices:data/write/bulk`. */
export interface Gate {
    /**
     * Throws what AWS answers where the caller may not.
     *
     * @param index a name or a pattern. @default it is about the whole cluster
     */
    check(action: string, index?: string): void;
}
