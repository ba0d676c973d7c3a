extension PluginPackage {
  var method: String {
    """
    import AttributionKit
    import Tensors

    /// \(title): places whose features the score depends on, whether they raise or lower it.
    ///
    ///     M = Σₖ (∂y/∂Aₖ)² · Aₖ
    ///
    /// An example, of no paper: put your own equation here. A method's values stay signed and unscaled; rectifying and
    /// scaling are left to the display.
    public struct \(type): LayerMethod {
      /// The layer whose activation is A.
      public var targetLayer: TargetLayer

      public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

      /// The map on a layer, [height, width].
      public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
        let g = try session.gradient(at: layer)
        return try (g * g * session.activation(at: layer)).channelSum()
      }
    }

    extension \(type) {
      /// What people see of the method, and how it is made from what they type.
      public static let descriptor = MethodDescriptor(
        "\(identifier)", title: "\(title)", summary: "Places whose features the score depends on.",
        citation: "An example; name your paper here", needs: [.gradients, .spatialLayer],
        prototype: \(type)(), parameters: [.layer(\\.targetLayer)])
    }

    """
  }

  var entry: String {
    """
    import AttributionKit
    import \(type)Plugin

    /// Called by limn when it has loaded the library.
    @_cdecl("limn_plugin_register")
    public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
      limnRegister(context) { registrar in
        registrar.add(\(type).descriptor)
      }
    }

    """
  }
}
