/** Settings of a Docker daemon. Slipway starts none, so they are accepted and do nothing. */
import { count, flag, none, text } from '../define.ts'
import { classic, dockerOnly } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

const daemonless = none('no Docker daemon is started')

export const daemonSettings = {
  daemonOff: flag({ env: classic('PLUGIN_DAEMON_OFF'), fallback: false, effect: { ...daemonless, advised: true }, doc: 'Does not start a daemon.' }),
  daemonRetryCount: count({ env: classic('PLUGIN_DAEMON_RETRY_COUNT'), fallback: 15, effect: daemonless, doc: 'Seconds to wait for the daemon.' }),
  debug: flag({ env: classic('PLUGIN_DEBUG', 'DOCKER_LAUNCH_DEBUG'), fallback: false, effect: daemonless, doc: 'Lets the daemon print more.' }),
  storageDriver: text({ env: classic('PLUGIN_STORAGE_DRIVER'), effect: daemonless, doc: 'Storage driver of the daemon.' }),
  storagePath: text({ env: classic('PLUGIN_STORAGE_PATH'), fallback: '/var/lib/docker', effect: daemonless, doc: 'Storage folder of the daemon.' }),
  bip: text({ env: classic('PLUGIN_BIP'), effect: daemonless, doc: 'Address of the bridge.' }),
  mtu: text({ env: classic('PLUGIN_MTU'), effect: daemonless, doc: 'Packet size of the bridge.' }),
  ipv6: flag({ env: classic('PLUGIN_IPV6'), fallback: false, effect: daemonless, doc: 'IPv6 on the bridge.' }),
  experimental: flag({ env: dockerOnly('PLUGIN_EXPERIMENTAL'), fallback: false, effect: daemonless, doc: 'Experimental features of the daemon.' }),
  purge: flag({
    env: classic('PLUGIN_PURGE'),
    fallback: true,
    effect: none('nothing is left behind that would need purging'),
    doc: 'Removes images after the push.',
  }),
} satisfies SettingTable
