/** How much YAML is still reasonable. Beyond these a file is refused instead of filling memory or the stack. */
export const yamlLimits = {
  /** UTF-16 units of one file. */
  fileLength: 32 * 1024 * 1024,
  /** UTF-16 units of one scalar. */
  scalarLength: 4 * 1024 * 1024,
  /** Collections inside collections. */
  depth: 200,
  /** Nodes that aliases and merge keys may repeat, all together, in one document. */
  aliasedNodes: 100_000,
  /** Anchors and tags before one value: YAML allows one of each. */
  properties: 20,
  /** Problems shown of one file. */
  diagnostics: 100,
} as const
