/** What builds take from outside, through this machine's proxies and its git. */
import { remote } from '../adapters/remote/remote.ts'
import type { Remote } from '../ports/remote.ts'
import { proxiesOf } from '../registry/proxies.ts'
import { ownDispatchers, undiciHttp } from '../registry/undici-http.ts'

/** Idle connections keep no process alive. */
export function composeRemote(env: Readonly<Record<string, string | undefined>>): Remote {
  return remote({ send: undiciHttp(ownDispatchers({ proxies: proxiesOf(env) }).dispatchers), env })
}
