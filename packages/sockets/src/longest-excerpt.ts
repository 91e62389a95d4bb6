/** Longest excerpt of a peer's text that gets into a message, in UTF-16 units before escaping. */
export const LONGEST_EXCERPT = 200;
