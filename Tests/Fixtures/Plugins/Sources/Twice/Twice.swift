import AttributionKit

/// A colour map that the good plugin has, too.
@_cdecl("limn_plugin_register")
public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
  limnRegister(context) { $0.add(ColorMapDescriptor("rust", stops: [0, 0xFF0000])) }
}
