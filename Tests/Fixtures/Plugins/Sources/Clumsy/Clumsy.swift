import AttributionKit

/// A name that nobody could type.
@_cdecl("limn_plugin_register")
public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
  limnRegister(context) { $0.add(ColorMapDescriptor("Rust & Gold", stops: [0, 0xFF0000])) }
}
