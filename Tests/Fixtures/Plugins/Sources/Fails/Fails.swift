import AttributionKit

@_cdecl("limn_plugin_register")
public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
  // Stamped, and yet it does not register.
  _ = limnRegister(context) { _ in }
  return 7
}
