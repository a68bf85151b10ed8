/** The closed table of everything that can go wrong. docs/errors.md is rendered from it; a test holds the two together. */
import { buildCodes } from './codes/build.ts'
import { buildxCodes } from './codes/buildx.ts'
import { cacheCodes } from './codes/cache.ts'
import { cliCodes } from './codes/cli.ts'
import { cloudCodes } from './codes/cloud.ts'
import { configCodes } from './codes/config.ts'
import { deliveryCodes } from './codes/delivery.ts'
import { dockerCodes } from './codes/docker.ts'
import { dockerfileCodes } from './codes/dockerfile.ts'
import { engineCodes } from './codes/engine.ts'
import { exprCodes } from './codes/expr.ts'
import { flagsCodes } from './codes/flags.ts'
import { gitCodes } from './codes/git.ts'
import { imageCodes } from './codes/image.ts'
import { kubernetesCodes } from './codes/kubernetes.ts'
import { modelCodes } from './codes/model.ts'
import { pluginCodes } from './codes/plugin.ts'
import { registryCodes } from './codes/registry.ts'
import { runnerCodes } from './codes/runner.ts'
import { savedCodes } from './codes/saved.ts'
import { scanCodes } from './codes/scan.ts'
import { secretsCodes } from './codes/secrets.ts'
import { serveCodes } from './codes/serve.ts'
import { settingsCodes } from './codes/settings.ts'
import { sourceCodes } from './codes/source.ts'
import { storeCodes } from './codes/store.ts'
import { yamlCodes } from './codes/yaml.ts'

/** `message` says what happened, `hint` what to do (both with `{placeholders}`), `explain` is the page's text: why, and the remedy. */
export interface CodeEntry {
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  readonly hint?: string
  readonly explain: string
}

export const codes = {
  ...yamlCodes,
  ...exprCodes,
  ...modelCodes,
  ...settingsCodes,
  ...dockerfileCodes,
  ...buildCodes,
  ...buildxCodes,
  ...flagsCodes,
  ...cacheCodes,
  ...imageCodes,
  ...registryCodes,
  ...cloudCodes,
  ...engineCodes,
  ...pluginCodes,
  ...sourceCodes,
  ...deliveryCodes,
  ...dockerCodes,
  ...kubernetesCodes,
  ...runnerCodes,
  ...gitCodes,
  ...configCodes,
  ...storeCodes,
  ...savedCodes,
  ...scanCodes,
  ...secretsCodes,
  ...serveCodes,
  ...cliCodes,
} as const

export type Code = keyof typeof codes
