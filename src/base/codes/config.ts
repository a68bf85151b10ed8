/** Codes of configuration files. */
import type { CodeEntry } from '../codes.ts'

export const configCodes = {
  CONFIG_UNREADABLE: {
    severity: 'error',
    message: 'the configuration {file} cannot be read: {reason}',
    hint: 'check its permissions',
    explain: 'A configuration file exists and could not be opened. It is not skipped, because a run without its hosts could push to the wrong place.',
  },
  CONNECTOR_UNDEFINED: {
    severity: 'warning',
    message: 'the connector "{connector}" is not defined',
    hint: 'add it to `connectors` in .slipway/config.yaml; `slipway connector list` shows the ones there are',
    explain:
      'A step names a connector that no configuration defines. Checking and planning go on without it; a run refuses to start, because it would push or pull without the credentials that the author meant.',
  },
  CONNECTOR_INCOMPLETE: {
    severity: 'error',
    message: 'the connector "{connector}" lacks {missing}',
    hint: 'complete the connector, or make it Anonymous',
    explain: 'A connector that logs in needs a user name and a password reference. With half of them a push would fail later, and less clearly.',
  },
  CONFIG_HALF_CERTIFICATE: {
    severity: 'error',
    message: 'the host "{match}" has only one of clientCert and clientKey',
    hint: 'give both files, or neither',
    explain: 'A client certificate is shown together with proof that its key is at hand. One file without the other cannot be used.',
  },
  CONFIG_BAD_MAP: {
    severity: 'error',
    message: '"{text}" is no host mapping',
    hint: 'write --map HOST=URL, such as --map docker.io=http://127.0.0.1:5000',
    explain: '`--map` sends the requests for one registry host to another endpoint, like an entry of `hosts` in the configuration.',
  },
} as const satisfies Record<string, CodeEntry>
