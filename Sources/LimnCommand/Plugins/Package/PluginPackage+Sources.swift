extension PluginPackage {
  var method: String {
    """
    import AttributionKit
    import Tensors

    /// \(title): places whose features raise the score, each weighed by its own gradient.
    ///
    ///     M = Σₖ max(0, ∂y/∂Aₖ) · Aₖ              (Layer-CAM: Jiang et al., IEEE TIP 2021, equations 5 and 6)
    ///
    /// The paper's final ReLU is left to the display: a method's values stay signed and unscaled.
    public struct \(type): AttributionMethod {
      /// The layer whose activation is A.
      public var targetLayer: TargetLayer

      public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

      public func attribution(in session: ExplanationSession) throws -> Attribution {
        let layer = try targetLayer.resolve(in: session.model)
        let weights = try session.gradient(at: layer).rectified()
        return Attribution(try (weights * session.activation(at: layer)).channelSum(), at: layer)
      }
    }

    extension \(type) {
      /// What people see of the method, and how it is made from what they type.
      public static let descriptor = MethodDescriptor(
        "\(identifier)", title: "\(title)", summary: "Places whose features raise the score, each by its own gradient.",
        citation: "after Jiang et al., IEEE TIP 2021, doi:10.1109/TIP.2021.3089943", needs: [.gradients, .spatialLayer],
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
