import GraphEngine
import Kernels
import NetworkDefinitions
import TestSupport
import Tensors
import Testing

@Suite struct WeightTests {
  static let definition = NetworkDefinition("pair", input: [3, 8, 8], usualClasses: 4, classifier: "fc") { classes in
    Convolution("conv1", channels: 4, kernel: 3, bias: false)
    BatchNormalization("bn1")
    Convolution("conv2", channels: 4, kernel: 1)
    GlobalAveragePool("pool")
    Flatten()
    Linear("fc", outputs: classes)
  }

  private func mismatch(_ change: (inout [String: Tensor]) -> Void) throws -> WeightMismatch? {
    var weights = try Self.definition.randomWeights()
    change(&weights)
    let error = #expect(throws: NetworkError.self) { try Network(Self.definition, weights: weights) }
    guard case .unfittingWeights(_, _, let problem, _) = error else { return nil }
    return problem
  }

  @Test func `the classifier's own shape tells the number of classes`() throws {
    for classes in [1, 2, 21_841] {
      #expect(try Network(Self.definition, weights: Self.definition.randomWeights(classes: classes)).classes == classes)
    }
  }

  @Test func `every missing tensor is named, with its shape and the tensor it may be`() throws {
    let problem = try #require(
      try mismatch { weights in
        weights["conv2.bias"] = nil
        weights["module.conv1.weight"] = weights.removeValue(forKey: "conv1.weight")
        weights["bn1.gamma"] = weights.removeValue(forKey: "bn1.weight")
      })
    #expect(problem.missing.map(\.name) == ["conv1.weight", "bn1.weight", "conv2.bias"])
    #expect(problem.missing.map(\.nearest) == ["module.conv1.weight", "bn1.gamma", "bn1.gamma"])
    #expect(problem.missing[0].shape == [4, 3, 3, 3])
    #expect(problem.extra == ["bn1.gamma", "module.conv1.weight"])
    #expect("\(problem)".contains("3 tensors are missing: conv1.weight (4 × 3 × 3 × 3, nearest module.conv1.weight)"))
    #expect("\(problem)".contains("2 tensors are not the network's: bn1.gamma, module.conv1.weight"))
  }

  @Test func `every tensor of another shape is named, with both shapes`() throws {
    let problem = try #require(
      try mismatch { weights in
        weights["conv1.weight"] = Tensor(repeating: 0, shape: [4, 1, 3, 3])
        weights["fc.bias"] = Tensor(repeating: 0, shape: [5])
      })
    #expect(problem.missing.isEmpty && problem.extra.isEmpty)
    #expect(
      "\(problem)" == "2 tensors are of another shape: conv1.weight is 4 × 1 × 3 × 3 instead of 4 × 3 × 3 × 3, "
        + "fc.bias is 5 instead of 4")
  }

  @Test func `without its classifier a network still names what is missing`() throws {
    let problem = try mismatch { $0["fc.weight"] = nil }
    #expect(problem?.missing.map(\.name) == ["fc.weight"])
    #expect(problem?.missing.map(\.shape) == [[4, 4]])
  }

  @Test(arguments: [[], [0, 4], [1 << 62, 0]]) func `a classifier of no usable shape is named`(shape: [Int]) throws {
    let problem = try mismatch { $0["fc.weight"] = Tensor(repeating: 1, shape: shape) }
    #expect(problem?.misshapen.map(\.name) == ["fc.weight"])
  }

  @Test func `the count of batches is ignored where normalisation keeps it, and nowhere else`() throws {
    var weights = try Self.definition.randomWeights()
    weights["bn1.num_batches_tracked"] = Tensor([7], shape: [])
    _ = try Network(Self.definition, weights: weights)
    let problem = try mismatch { $0["conv1.num_batches_tracked"] = Tensor([7], shape: []) }
    #expect(problem?.extra == ["conv1.num_batches_tracked"])
  }

  @Test func `weights of another network say whose they are`() throws {
    let weights = try NetworkDefinition.cifarResnet20.randomWeights(classes: 7)
    let error = #expect(throws: NetworkError.self) { try Network(.cifarResnet56, weights: weights) }
    #expect("\(error!)".hasSuffix("they fit cifar_resnet20"))
    #expect("\(error!)".contains("and 176 more"))
  }

  @Test func `DenseNet takes its parameters' old names, and the new ones first`() throws {
    let definition = NetworkDefinition.densenet121
    let weights = try definition.randomWeights(classes: 2)
    func old(_ name: String) -> String {
      name.contains("denselayer") ? name.replacing(/(norm|conv)([12])/) { "\($0.1).\($0.2)" } : name
    }
    var renamed = Dictionary(uniqueKeysWithValues: weights.map { (old($0.key), $0.value) })
    #expect(renamed["features.denseblock1.denselayer1.norm.1.weight"] != nil)
    let (new, same) = try (Network(definition, weights: weights).graph(), Network(definition, weights: renamed).graph())
    #expect(new.constants.count == same.constants.count)
    for (name, array) in new.constants { #expect(same.constants[name]?.scalars == array.scalars, "\(name)") }

    let name = "features.denseblock1.denselayer1.norm1.weight"
    renamed[name] = weights[name]
    let error = #expect(throws: NetworkError.self) { try Network(definition, weights: renamed) }
    #expect("\(error!)".contains("1 tensor is not the network's: features.denseblock1.denselayer1.norm.1.weight"))
  }
}
