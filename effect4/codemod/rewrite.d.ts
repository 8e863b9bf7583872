/** The text of a file for Effect 4. `file` is for messages. */
export declare const rewrite: (file: string, text: string) => string
