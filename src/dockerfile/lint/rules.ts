/** All lint rules, in the order of BuildKit's list. InvalidBaseImagePlatform is told by the builder, which alone sees the image. */
import { consistentInstructionCasing } from './casing.ts'
import { jsonArgsRecommended, maintainerDeprecated, multipleInstructionsDisallowed } from './commands.ts'
import { fromPlatformFlagConstDisallowed, invalidDefaultArgInFrom, redundantTargetPlatform, undefinedArgInFrom } from './from.ts'
import { copyIgnoredFile, exposeInvalidFormat, exposeProtoCasing, workdirRelativePath } from './paths-and-ports.ts'
import type { LintRule } from './rule.ts'
import { duplicateStageName, fromAsCasing, reservedStageName, stageNameCasing } from './stage-names.ts'
import { secretsUsedInArgOrEnv, undefinedVar } from './variables.ts'
import { invalidDefinitionDescription, legacyKeyValueFormat, noEmptyContinuation } from './writing.ts'

export const lintRules: readonly LintRule[] = [
  stageNameCasing,
  fromAsCasing,
  noEmptyContinuation,
  consistentInstructionCasing,
  duplicateStageName,
  reservedStageName,
  jsonArgsRecommended,
  maintainerDeprecated,
  undefinedArgInFrom,
  workdirRelativePath,
  undefinedVar,
  multipleInstructionsDisallowed,
  legacyKeyValueFormat,
  redundantTargetPlatform,
  secretsUsedInArgOrEnv,
  invalidDefaultArgInFrom,
  fromPlatformFlagConstDisallowed,
  copyIgnoredFile,
  invalidDefinitionDescription,
  exposeProtoCasing,
  exposeInvalidFormat,
]
