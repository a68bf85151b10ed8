/** Under the name of a plugin of the original (`kaniko-ecr`, `drone-docker`: a link, or a copy), Slipway is that plugin. */
import { familyName, familyOfProgram } from '../../settings/family-names.ts'

export function argvAs(program: string, argv: readonly string[]): readonly string[] {
  const family = familyOfProgram(program)
  return family === undefined ? argv : ['plugin', '--as', familyName(family), ...argv]
}
