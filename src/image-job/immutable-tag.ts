/** Registries have no common code for a tag that must not move: their words tell. */
const words = [/\bimmutable\b/i, /\bcannot be overwritten\b/i, /\bimage tag already exists\b/i, /ImageTagAlreadyExists/, /\bnot allowed to overwrite\b/i]

export function saysImmutable(reason: string): boolean {
  return words.some((word) => word.test(reason))
}
