/** Codes of registries: what a registry, its token service or the way to it answered. */
import type { CodeEntry } from '../codes.ts'

export const registryCodes = {
  REGISTRY_UNREACHABLE: {
    severity: 'error',
    message: '{registry} cannot be reached: {reason}',
    hint: 'Is it running, and is its name right? A registry at another address can be mapped with "hosts" in the configuration.',
    explain: 'No connection could be made, or it was cut again and again. Check the name, the network, proxies and certificates.',
  },
  REGISTRY_TLS: {
    severity: 'error',
    message: 'the certificate of {registry} is not trusted: {reason}',
    hint: 'Give its CA as "ca", or set "plainHttp" or "skipVerify", for this host under "hosts" in the configuration.',
    explain: 'The registry answered, but its certificate is self-signed, expired or made for another name.',
  },
  REGISTRY_CLIENT_CERTIFICATE: {
    severity: 'error',
    message: '{registry} does not accept our certificate, or wants one: {reason}',
    hint: 'Give "clientCert" and "clientKey" for this host under "hosts" in the configuration.',
    explain:
      'The registry asks its clients to prove who they are with a certificate. None was given, or it comes from an authority that the registry does not trust.',
  },
  REGISTRY_UNAUTHORIZED: {
    severity: 'error',
    message: '{registry} wants other credentials for {what}: {reason}',
    hint: 'Check the user, the password or token, and which path they belong to.',
    explain: 'The registry does not know who asks: no credentials were found for this path, or they are wrong or expired.',
  },
  REGISTRY_DENIED: {
    severity: 'error',
    message: '{registry} refused {what}: {reason}',
    hint: 'The credentials are known but lack this right, or the repository does not exist and may not be created.',
    explain: 'The registry knows who asks and says no. Many registries also answer so for a repository that does not exist.',
  },
  REGISTRY_NOT_FOUND: {
    severity: 'error',
    message: '{registry} has no {what}',
    hint: 'Check the spelling of the repository and the tag.',
    explain: 'The repository, tag, manifest or blob does not exist, or the credentials may not see it.',
  },
  REGISTRY_RATE_LIMITED: {
    severity: 'error',
    message: '{registry} limits the rate of requests ({what}): {reason}',
    hint: 'Wait, log in, or use a mirror under "hosts".',
    explain: 'Too many requests in a short time; the registry kept refusing after several waits.',
  },
  REGISTRY_TAG_IMMUTABLE: {
    severity: 'error',
    message: '{registry} does not let {what} be overwritten: {reason}',
    hint: 'Use a new tag, or let existing tags be skipped.',
    explain: 'The tag exists and the repository forbids moving tags. The image content itself may have been pushed.',
  },
  REGISTRY_WARNS: {
    severity: 'warning',
    message: '{registry} says: {text}',
    explain: 'The registry sent a Warning header with an answer. The text is its own and is told once; nothing is done because of it.',
  },
  REGISTRY_REFUSED: {
    severity: 'error',
    message: '{registry} did not accept {what} ({status}): {reason}',
    explain: 'The registry understood the request and refused its content. The reason is the registry’s own.',
  },
  REGISTRY_FAILED: {
    severity: 'error',
    message: '{registry} failed at {what} ({status}): {reason}',
    hint: 'Try again later; if it stays, look into the registry’s own log.',
    explain: 'The registry reported an error of its own (5xx), also after several tries.',
  },
  REGISTRY_PROTOCOL: {
    severity: 'error',
    message: '{registry} does not speak the registry protocol at {what}: {reason}',
    hint: 'Is this the address of a registry? Web consoles and registries often have different hosts.',
    explain: 'The answer lacks something that the distribution specification requires.',
  },
  REGISTRY_TOKEN_REFUSED: {
    severity: 'error',
    message: 'the token service of {registry} refused {what} ({status}): {reason}',
    hint: 'Check the credentials and their right to this repository.',
    explain: 'The registry sends clients to a token service, and that service gave no token.',
  },
  REGISTRY_INSECURE_TOKEN: {
    severity: 'error',
    message: '{registry} asks to send credentials unencrypted to {realm}',
    hint: 'The registry should name an https token service.',
    explain: 'The registry itself is reached over TLS, but its token service is not. Credentials are not sent there.',
  },
  CREDENTIALS_UNREADABLE: {
    severity: 'error',
    message: 'the credentials in {place} cannot be read: {reason}',
    hint: 'Correct it, or log in again with the tool that wrote it.',
    explain:
      'A registry asked for credentials, and a place that may hold them is damaged: docker’s config.json, podman’s auth.json, or a variable such as SLIPWAY_REGISTRY_AUTH. Going on without them would end in a refusal that says less. What the place holds is never shown.',
  },
  CREDENTIAL_HELPER_FAILED: {
    severity: 'error',
    message: '{helper} gave no credentials for {server}: {reason}',
    hint: '{place} names this helper: install it, or take its "credsStore" or "credHelpers" entry out.',
    explain:
      'Docker’s configuration can leave logins to programs called docker-credential-NAME. This one is missing, failed, or did not answer in time. A helper that merely knows no login is no error: the next place is asked.',
  },
  HOSTS_INVALID: {
    severity: 'error',
    message: 'the "hosts" entry for {match} cannot be used: {reason}',
    explain:
      'An entry maps a registry host (exact or with "*") to an endpoint URL, with optional plainHttp, skipVerify, ca, clientCert with clientKey, and mirrors.',
  },
  REGISTRY_CANNOT_LISTEN: {
    severity: 'error',
    message: 'the embedded registry cannot listen on {address}: {reason}',
    hint: 'Choose another address with --listen.',
    explain: 'The address is in use, or this user may not listen on it.',
  },
} as const satisfies Record<string, CodeEntry>
