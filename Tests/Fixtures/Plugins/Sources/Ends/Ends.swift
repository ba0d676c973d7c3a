import AttributionKit

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Takes the whole program with it, politely.
@_cdecl("limn_plugin_register")
public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
  limnRegister(context) { _ in exit(0) }
}
