import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct AttentionChainTests {
  let network = ScriptedTransformer()

  @Test func `a grid shows its patches in order and leaves the others out`() {
    let grid = TokenGrid(count: 6, height: 2, width: 2, patches: [4, 1, 0, 5])
    #expect(grid.others == [2, 3])
    #expect(grid.map(of: Tensor([0, 10, 20, 30, 40, 50], shape: [6])) == Tensor([40, 10, 0, 50], shape: [2, 2]))
  }

  @Test func `the product of a chain is that of its matrices, last block first, at the rows that are read`() throws {
    let network = ScriptedTransformer(readout: [0, 3])
    let matrices = network.attention.map { $0.channel(1) }
    let chain = try AttentionChain(of: network)
    let rows = try chain.product { block in matrices[network.attentionBlocks.firstIndex(of: block)!] }
    let whole = matrices[2].matrixProduct(matrices[1]).matrixProduct(matrices[0])
    #expect(rows.shape == [2, 5])
    for column in 0..<5 {
      #expect(abs(rows[column] - whole[column]) < 1e-6)
      #expect(abs(rows[5 + column] - whole[15 + column]) < 1e-6)
    }
    let map = chain.map(of: rows)
    for cell in 0..<4 { #expect(abs(map[cell] - (whole[1 + cell] + whole[16 + cell]) / 2) < 1e-6) }
    let short = try chain.starting(at: 2).product { block in
      matrices[network.attentionBlocks.firstIndex(of: block)!]
    }
    #expect(short.channel(1).scalars == Array(matrices[2].scalars[15..<20]))
    #expect(throws: AttributionError.self) { try chain.starting(at: 3) }
  }

  @Test func `a block is chosen by number, by name, by place or by pattern`() throws {
    func chosen(_ text: String) throws -> String {
      try TargetLayer(text).attentionBlock(of: network).weights.name
    }
    #expect(try chosen("automatic") == "softmax2")
    #expect(try ["0", "-1", "-3"].map(chosen) == ["softmax0", "softmax2", "softmax0"])
    #expect(try ["softmax1", "softmax[-2]", "Softmax[1]", "*1"].map(chosen) == Array(repeating: "softmax1", count: 4))
    #expect(throws: AttributionError.ambiguousLayer("soft*", candidates: network.attentionBlocks.map(\.weights))) {
      try chosen("soft*")
    }
    #expect { try chosen("conv1") } throws: { "\($0)".contains("softmax") }
    for number in ["3", "-4"] { #expect { try chosen(number) } throws: { "\($0)".contains("no block \(number)") } }
  }

  private func reason(_ need: Need, _ model: any ModelAdapter) -> String? { need.unmet(by: model, for: Nothing()) }

  private struct Nothing: AttributionMethod {
    func attribution(in session: ExplanationSession) throws -> Attribution { throw AttributionError.noSpatialLayer }
  }

  @Test func `a network without attention is told so`() throws {
    for need in [Need.attention, .attentionChain, .tokensBehindBlocks] {
      #expect(reason(need, network) == nil)
      #expect(reason(need, ChainNetwork.tiny())?.contains("grad-cam") == true)
      #expect(reason(need, ScriptedTransformer(blocks: 0))?.contains("no attention") == true)
    }
    #expect(throws: AttributionError.self) { try AttentionChain(of: ChainNetwork.tiny()) }
    #expect(throws: AttributionError.self) { try TargetLayer.automatic.attentionBlock(of: ChainNetwork.tiny()) }
    var channels = ScriptedTransformer(blocks: 0)
    channels.unplacedAttention = ["xca"]
    #expect(reason(.attention, channels)?.contains("'xca'") == true)
  }

  @Test func `what cannot be followed from block to block is said, and shown block by block`() throws {
    var partly = network
    partly.unplacedAttention = ["channels"]
    #expect(reason(.attention, partly) == nil)
    #expect(reason(.attentionChain, partly)?.contains("'channels'") == true)
    let grid = network.attentionBlocks[0].keys
    func replacing(_ block: AttentionBlock) -> Replaced { Replaced(attentionBlocks: network.attentionBlocks + [block]) }
    let windowed = AttentionBlock(
      weights: Layer("w", shape: [2, 1, 2, 2]), windows: 2, heads: 1, queries: nil,
      keys: TokenGrid(count: 4, height: 2, width: 2, patches: [0, 1, 2, 3]))
    #expect(reason(.attentionChain, replacing(windowed))?.contains("2 windows") == true)
    let pooling = AttentionBlock(weights: Layer("p", shape: [2, 1, 5]), heads: 2, queries: nil, keys: grid)
    #expect(reason(.attentionChain, replacing(pooling))?.contains("1 queries for 5 keys") == true)
    let coarse = TokenGrid(count: 2, height: 1, width: 2, patches: [0, 1])
    let merged = AttentionBlock(weights: Layer("m", shape: [2, 2, 2]), heads: 2, queries: coarse, keys: coarse)
    #expect(reason(.attentionChain, replacing(merged))?.contains("others in 'm'") == true)
    let silent = AttentionBlock(weights: Layer("s", shape: [2, 5, 5]), heads: 2, queries: grid, keys: grid)
    #expect(reason(.attentionChain, replacing(silent)) == nil)
    #expect(reason(.tokensBehindBlocks, replacing(silent))?.contains("generic-attention") == true)
  }

  /// The same network with other blocks.
  private struct Replaced: AttentionModel {
    let attentionBlocks: [AttentionBlock]
    let unplacedAttention: [String] = []
    let input = Layer("image", shape: [1, 2, 4])
    let outputs = [Output.classes(2)]
    var layers: [Layer] { [input] }
    var automaticLayer: AutomaticLayer? { nil }

    func trace(_ inputs: [Tensor]) throws -> any ForwardTrace { throw Refusal("it is never run") }
  }

  @Test func `an adapter that knows its blocks and no more refuses in a sentence`() throws {
    let session = try ExplanationSession(of: ChainNetwork.tiny(), on: ChainNetwork.tiny().sample, for: .logit(0))
    #expect(throws: AttributionError.self) { try session.projectedValues(of: network.attentionBlocks[0]) }
  }
}
