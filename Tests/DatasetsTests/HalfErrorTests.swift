import Images
import Tensors
import Testing

@Suite struct HalfErrorTests {
  @Test func `how far half precision is off is a share of the greatest magnitude`() {
    func error(_ scalars: [Float]) -> Float { NumPyFile.halfError(of: Tensor(scalars, shape: [scalars.count])) }
    #expect(error([1, -0.5, 0]) == 0 && error([0, 0]) == 0)
    #expect(abs(error([1, 1 + 1 / 4096]) - 1 / 4096) < 1e-6)
    // Below 2⁻²⁵ nothing is left.
    #expect(error([1e-8, 2e-8]) == 1)
    #expect(error([1e6]) == .infinity)
  }
}
