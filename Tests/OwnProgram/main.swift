import AttributionKit
import LimnCommand
import Tensors

/// The sign of the gradient alone: a method of this program's own.
struct GradientSign: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    let signs = try session.inputGradient().map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    return Attribution(signs, at: session.inputLayer)
  }

  static let descriptor = MethodDescriptor(
    "gradient-sign", title: "Gradient sign", summary: "Which way each pixel would have to change.",
    citation: "a test's", needs: [.gradients], prototype: GradientSign())
}

// A test sees what a program is told that adds a method twice.
let isClumsy = CommandLine.arguments.contains("twice")
LimnProgram.main(adding: isClumsy ? [GradientSign.descriptor, GradientSign.descriptor] : [GradientSign.descriptor])
