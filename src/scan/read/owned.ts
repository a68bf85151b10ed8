/** Which of a distribution package's files matter here: those that would be taken for a package of their own. */

/** Records of languages, archives of Java, and programs. */
const matters = /(?:\/(?:METADATA|PKG-INFO|package\.json|installed\.json)|\.(?:egg-info|jar|war|ear|gemspec|deps\.json)|\/s?bin\/[^/]+|\/libexec\/.+)$/

/** Without the "/" before it, and without `usr/`: on most systems both paths are the same folder. */
export function ownedPath(line: string): string | undefined {
  return matters.test(line) ? merged(line) : undefined
}

export function merged(path: string): string {
  return path.replace(/^\/*(?:usr\/)?/, '')
}
