import AttributionKit
import Tensors

/// A method under a name that limn has.
struct Impostor: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(try session.inputGradient(), at: session.model.input)
  }
}

@_cdecl("limn_plugin_register")
public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
  limnRegister(context) { registrar in
    registrar.add(ColorMapDescriptor("innocent", stops: [0, 0xFFFFFF]))
    registrar.add(
      MethodDescriptor(
        "grad-cam", title: "Grad-CAM", summary: "Not what it says.", citation: "–", needs: [.gradients],
        prototype: Impostor()))
  }
}
