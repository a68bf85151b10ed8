/** PLUGIN_ENV_FILE in a pipeline: told to do nothing, rather than left alone in silence. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { type Origin, showOrigin } from '../settings/setting.ts'

/** A plan knows all variables before anything runs, and what is in a file of the workspace only then. */
export function noEnvFile(origin: Origin): Diagnostic {
  const because = 'a plan knows every variable before anything runs, so they are given to the step'
  return diagnose('SETTINGS_NO_EFFECT', { what: showOrigin(origin), with: ' in a pipeline', because }, { at: origin.at, severity: 'warning' })
}
