import AttributionKit
import GradCAMMethod
import GuidedBackpropagationMethod
import GuidedGradCAMMethod
import MethodCatalog
import Tensors
import TestSupport
import Testing

@Suite struct GuidedGradCAMTests {
  let network = ChainNetwork.tiny()

  @Test func `the map is Grad-CAM's positive part over guided backpropagation`() throws {
    let session = try session(of: network)
    let map = try GradCAM().attribution(in: session).values, fine = try GuidedBackpropagation().attribution(in: session)
    let product = try GuidedGradCAM().attribution(in: session)
    #expect(product.values.shape == [3, 4, 4])
    for i in fine.values.scalars.indices {
      #expect(product.values.scalars[i] == fine.values.scalars[i] * max(0, map.scalars[i % 16]))
    }
    #expect(product.coverage == fine.coverage)
  }

  @Test func `the passes of its parts are reused`() throws {
    let session = try session(of: network)
    _ = try GradCAM().attribution(in: session)
    _ = try GuidedBackpropagation().attribution(in: session)
    let passes = session.backwardPasses
    _ = try GuidedGradCAM().attribution(in: session)
    #expect(passes == 2 && session.backwardPasses == 2 && network.forwardPasses == 1)
  }

  @Test func `written as a product it is the same`() throws {
    let session = try session(of: network)
    let product = try MethodExpression(parsing: "grad-cam * guided-backprop", among: MethodCatalog.methods)
    #expect(try product.method.attribution(in: session) == GuidedGradCAM().attribution(in: session))
  }

  @Test func `what its parts cannot do it cannot do`() throws {
    let smooth = ChainNetwork(input: [2, 4, 4], [.globalAveragePool("logits")])
    #expect(throws: AttributionError.nothingToGuide(method: "guided-backprop", activations: 0)) {
      try GuidedGradCAM().attribution(in: session(of: smooth))
    }
  }
}
