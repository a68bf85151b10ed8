/** Settings that name a BuildKit builder or a bake file: things only the real buildx has. */
import { flag, needs, none, onlyWith, semicolons, text } from '../define.ts'
import { buildxOnly } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

const builder = needs('buildx', 'only buildx has builders')
const bake = needs('buildx', 'only buildx reads bake files')
const buildkit = onlyWith('buildx', 'no BuildKit daemon is started')
const unbundled = none('no image of BuildKit comes along')
const configured = none('it is set in the configuration of the builder')

export const builderSettings = {
  bakeFile: text({ env: buildxOnly('PLUGIN_BAKE_FILE'), effect: bake, doc: 'Bake file to build.' }),
  bakeOptions: semicolons({
    env: buildxOnly('PLUGIN_BAKE_OPTIONS'),
    effect: onlyWith('buildx', 'they belong to a bake file'),
    doc: 'Targets and options of bake.',
  }),
  builderName: text({ env: buildxOnly('PLUGIN_BUILDER_NAME'), effect: builder, doc: 'Builder to use.' }),
  builderConfig: text({ env: buildxOnly('PLUGIN_BUILDER_CONFIG'), effect: builder, doc: 'Configuration file of BuildKit.' }),
  builderDriver: text({ env: buildxOnly('PLUGIN_BUILDER_DRIVER'), effect: builder, doc: 'Driver of the builder.' }),
  builderDriverOpts: semicolons({ env: buildxOnly('PLUGIN_BUILDER_DRIVER_OPTS'), effect: builder, doc: 'Options of the driver, older form.' }),
  builderDriverOptsNew: semicolons({ env: buildxOnly('PLUGIN_BUILDER_DRIVER_OPTS_NEW'), effect: builder, doc: 'Options of the driver.' }),
  builderRemoteConn: text({ env: buildxOnly('PLUGIN_BUILDER_REMOTE_CONN'), effect: builder, doc: 'Address of a remote BuildKit.' }),
  useLoadedBuildkit: flag({
    env: buildxOnly('PLUGIN_USE_LOADED_BUILDKIT'),
    fallback: true,
    effect: unbundled,
    doc: 'Uses the BuildKit image that came along.',
  }),
  buildkitAssetsDir: text({ env: buildxOnly('PLUGIN_BUILDKIT_ASSETS_DIR'), fallback: 'buildkit', effect: unbundled, doc: 'Folder of that image.' }),
  buildkitVersion: text({ env: buildxOnly('PLUGIN_BUILDKIT_VERSION'), effect: buildkit, doc: 'Version of BuildKit.' }),
  buildkitTlsHandshakeTimeout: text({
    env: buildxOnly('PLUGIN_BUILDKIT_TLS_HANDSHAKE_TIMEOUT'),
    fallback: '10s',
    effect: configured,
    doc: 'How long BuildKit waits for a TLS handshake.',
  }),
  buildkitResponseHeaderTimeout: text({
    env: buildxOnly('PLUGIN_BUILDKIT_RESPONSE_HEADER_TIMEOUT'),
    fallback: '30s',
    effect: configured,
    doc: 'How long BuildKit waits for an answer.',
  }),
  buildkitInheritAuth: flag({
    env: buildxOnly('PLUGIN_BUILDKIT_INHERIT_AUTH'),
    fallback: false,
    effect: configured,
    doc: 'Hands the AWS identity of the step to BuildKit.',
  }),
} satisfies SettingTable
