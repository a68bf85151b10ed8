/** Settings that name a builder of buildx. */
import { known, mapPlanned } from '../base/planned.ts'
import { showText } from '../base/secret-text.ts'
import type { BuilderPlan, BuildSource } from './build-source.ts'
import type { BuildxOptions } from './buildx-options/read.ts'
import type { Knobs } from './knobs.ts'
import { absolutePath } from './paths.ts'

/** Of the two generations of driver options the newer one is taken, as the plugin does. */
export function builderPlan(k: Knobs, { workspace, options }: { readonly workspace: string; readonly options: BuildxOptions }): Pick<BuildSource, 'builder'> {
  const raw = options.ones.builder === undefined ? undefined : known(showText(options.ones.builder))
  const name = k.plain('builderName') ?? raw
  const [driver, config, remote, version] = [k.plain('builderDriver'), k.plain('builderConfig'), k.plain('builderRemoteConn'), k.plain('buildkitVersion')]
  const optionsKey = k.given('builderDriverOptsNew') ? 'builderDriverOptsNew' : 'builderDriverOpts'
  if ([name, driver, config, remote, version].every((value) => value === undefined) && !k.given(optionsKey)) return {}
  const builder: BuilderPlan = {
    ...(name !== undefined && { name }),
    ...(driver !== undefined && { driver }),
    driverOptions: k.texts(optionsKey),
    ...(config !== undefined && { configFile: mapPlanned(config, (path) => absolutePath(workspace, path)) }),
    ...(remote !== undefined && { remote }),
    ...(version !== undefined && { buildkitVersion: version }),
  }
  return { builder }
}
