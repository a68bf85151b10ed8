/** The signals that STOPSIGNAL knows by name. */
const names: ReadonlySet<string> = new Set(
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'.split(
    ' ',
  ),
)

export function isSignal(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) > 0 && Number(text) <= 64
  const name = text.toUpperCase().replace(/^SIG/, '')
  return names.has(name) || /^RTMIN(?:\+(?:[1-9]|1[0-5]))?$/.test(name) || /^RTMAX(?:-(?:[1-9]|1[0-4]))?$/.test(name)
}
