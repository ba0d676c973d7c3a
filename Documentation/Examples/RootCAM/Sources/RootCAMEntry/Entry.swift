import AttributionKit
import RootCAMPlugin

/// What Limn calls when it has loaded this library.
@_cdecl("limn_plugin_register")
public func register(_ context: UnsafeMutableRawPointer) -> Int32 {
  limnRegister(context) { registrar in
    registrar.add(RootCAM.descriptor)
  }
}
