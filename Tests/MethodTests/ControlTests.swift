import AttributionKit
import CenterMethod
import Foundation
import SobelMethod
import Tensors
import TestSupport
import Testing

@Suite struct ControlTests {
  let network = ChainNetwork.tiny(side: 6)

  @Test func `Sobel's edges are his two kernels on the mean of the channels`() throws {
    let session = try session(of: network), x = session.input
    func gray(_ row: Int, _ column: Int) -> Double {
      let place = min(max(row, 0), 5) * 6 + min(max(column, 0), 5)
      return (0..<3).reduce(0) { $0 + Double(x.scalars[$1 * 36 + place]) } / 3
    }
    let kernel: [[Double]] = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    let edges = try Sobel().attribution(in: session)
    #expect(edges.isMap && edges.layer == network.input)
    for row in 0..<6 {
      for column in 0..<6 {
        var (across, down) = (0.0, 0.0)
        for i in 0..<3 {
          for j in 0..<3 {
            across += kernel[i][j] * gray(row + i - 1, column + j - 1)
            down += kernel[j][i] * gray(row + i - 1, column + j - 1)
          }
        }
        let expected = (across * across + down * down).squareRoot()
        #expect(abs(Double(edges.values.scalars[6 * row + column]) - expected) < 1e-5)
      }
    }
  }

  @Test func `a picture of one colour has no edges`() throws {
    let session = try ExplanationSession(of: network, on: network.sample.map { _ in 0.7 }, for: .prediction)
    #expect(try Sobel().attribution(in: session).status == .zeroGradient)
  }

  @Test func `the center is a Gaussian of a quarter of each side`() throws {
    let map = try Center().attribution(in: session(of: network)).values
    for row in 0..<6 {
      for column in 0..<6 {
        let (u, v) = ((Double(row) + 0.5) / 6 - 0.5, (Double(column) + 0.5) / 6 - 0.5)
        #expect(abs(Double(map.scalars[6 * row + column]) - exp(-(u * u + v * v) / (2 * 0.25 * 0.25))) < 1e-6)
      }
    }
    #expect(try Center(spread: 0.1).attribution(in: session(of: network)).values != map)
    #expect(throws: AttributionError.self) { try Center.descriptor.method(["spread": "0"]) }
    #expect(throws: AttributionError.self) { try Center(spread: -1).attribution(in: session(of: network)) }
  }

  @Test func `a spread without end is refused`() {
    for text in ["inf", "0", "nan"] {
      #expect(throws: AttributionError.self) { try Center.descriptor.method(["spread": text]) }
    }
  }

  @Test func `neither the network nor the target matters`() throws {
    for method: any AttributionMethod in [Sobel(), Center()] {
      let session = try MethodTests.session(of: network, for: .logit(0))
      let one = try method.attribution(in: session)
      #expect(try method.attribution(in: MethodTests.session(of: network, for: .logit(1))) == one)
      #expect(session.backwardPasses == 0 && method.cost(on: network) == .zero)
    }
  }

}
