import GraphEngine
import NetworkDefinitions
import Testing

/// The networks of the catalogue against what their papers and torchvision's documentation say of them.
@Suite struct BuiltInTests {
  /// The parameters that torchvision publishes; for CIFAR, those of the implementation that everybody uses.
  static let counts = [
    ("alexnet", 61_100_840), ("vgg11", 132_863_336), ("vgg11_bn", 132_868_840), ("vgg13", 133_047_848),
    ("vgg13_bn", 133_053_736), ("vgg16", 138_357_544), ("vgg16_bn", 138_365_992), ("vgg19", 143_667_240),
    ("vgg19_bn", 143_678_248), ("resnet18", 11_689_512), ("resnet34", 21_797_672), ("resnet50", 25_557_032),
    ("resnet101", 44_549_160), ("resnet152", 60_192_808), ("squeezenet1_0", 1_248_424), ("squeezenet1_1", 1_235_496),
    ("mobilenet_v2", 3_504_872), ("densenet121", 7_978_856), ("cifar_resnet20", 269_722), ("cifar_resnet56", 853_018),
  ]

  @Test(arguments: counts) func `a network has as many parameters as its authors say`(name: String, count: Int) throws {
    #expect(try NetworkDefinition.named(name).parameterCount() == count)
  }

  @Test func `each network of the catalogue is counted`() {
    #expect(NetworkDefinition.builtIn.map(\.name) == Self.counts.map(\.0))
  }

  /// The tensors in torchvision's own files, `num_batches_tracked` aside.
  @Test(arguments: [
    ("alexnet", 16), ("vgg16", 32), ("vgg16_bn", 84), ("resnet18", 102), ("resnet50", 267), ("squeezenet1_1", 52),
    ("mobilenet_v2", 262), ("densenet121", 606),
  ]) func `a network asks for as many tensors as torchvision stores`(name: String, count: Int) throws {
    #expect(try NetworkDefinition.named(name).parameters().count == count)
  }

  @Test(arguments: [
    ("alexnet", "features.10.weight", [256, 256, 3, 3]), ("alexnet", "classifier.1.weight", [4096, 9216]),
    ("vgg19_bn", "features.49.weight", [512, 512, 3, 3]),
    ("resnet34", "layer2.0.downsample.0.weight", [128, 64, 1, 1]),
    ("resnet50", "layer1.0.downsample.1.running_var", [256]), ("resnet50", "layer4.2.conv3.weight", [2048, 512, 1, 1]),
    ("squeezenet1_0", "features.12.expand3x3.weight", [256, 64, 3, 3]),
    ("squeezenet1_1", "classifier.1.weight", [1000, 512, 1, 1]),
    ("mobilenet_v2", "features.1.conv.1.weight", [16, 32, 1, 1]),
    ("mobilenet_v2", "features.17.conv.1.0.weight", [960, 1, 3, 3]),
    ("mobilenet_v2", "features.18.0.weight", [1280, 320, 1, 1]),
    ("densenet121", "features.denseblock3.denselayer24.norm1.weight", [992]),
    ("densenet121", "features.transition2.conv.weight", [256, 512, 1, 1]),
    ("cifar_resnet56", "layer3.8.conv2.weight", [64, 64, 3, 3]),
  ]) func `parameters go by torchvision's names and shapes`(network: String, name: String, shape: [Int]) throws {
    let parameters = try NetworkDefinition.named(network).parameters()
    #expect(parameters.first { $0.name == name }?.shape == shape)
  }

  /// Named as torchvision's feature extraction names them, the layers that training drops left out.
  @Test func `values go by torchvision's names, in its order`() throws {
    let names = try Network(.resnet18, weights: BlankWeights(for: .resnet18)).graph().nodes.map(\.output)
    #expect(
      names.prefix(11) == [
        "conv1", "bn1", "relu", "maxpool", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu", "layer1.0.conv2",
        "layer1.0.bn2", "layer1.0.add", "layer1.0.relu_1",
      ])
    #expect(names.contains("layer2.0.downsample.1"))
    #expect(names.suffix(5) == ["layer4.1.add", "layer4.1.relu_1", "avgpool", "flatten", "fc"])
  }

  @Test func `a fire module's parts have their own names`() throws {
    let names = try Network(.squeezenet11, weights: BlankWeights(for: .squeezenet11)).graph().nodes.map(\.output)
    #expect(
      names[3...9] == [
        "features.3.squeeze", "features.3.squeeze_activation", "features.3.expand1x1",
        "features.3.expand1x1_activation",
        "features.3.expand3x3", "features.3.expand3x3_activation", "features.3.cat",
      ])
    #expect(names.suffix(4) == ["classifier.1", "classifier.2", "classifier.3", "flatten"])
  }

  /// What parameters alone do not tell: where strides are, and how windows at the border are rounded.
  @Test(arguments: [
    ("resnet50", "layer2.0.conv1", 224, [1, 128, 56, 56]), ("resnet50", "layer2.0.conv2", 224, [1, 128, 28, 28]),
    ("squeezenet1_1", "features.2", 225, [1, 64, 56, 56]), ("squeezenet1_0", "features.2", 226, [1, 96, 55, 55]),
    ("alexnet", "features.12", 224, [1, 256, 6, 6]), ("alexnet", "avgpool", 300, [1, 256, 6, 6]),
    ("vgg16", "features.30", 224, [1, 512, 7, 7]), ("vgg16", "avgpool", 100, [1, 512, 7, 7]),
    ("mobilenet_v2", "features.18.2", 224, [1, 1280, 7, 7]), ("densenet121", "features.norm5", 224, [1, 1024, 7, 7]),
    ("densenet121", "features.denseblock1.denselayer2.cat", 224, [1, 96, 56, 56]),
    ("cifar_resnet20", "layer2.0.shortcut", 33, [1, 32, 17, 17]),
  ]) func `values have the extents they have in torchvision`(name: String, value: String, size: Int, shape: [Int])
    throws
  {
    let definition = try NetworkDefinition.named(name)
    let graph = try Network(definition, weights: BlankWeights(for: definition)).graph(imageSize: (size, size))
    #expect(try Plan(graph).shape(of: value) == shape)
  }

  @Test func `widths of MobileNet are rounded to multiples of eight`() throws {
    let narrow = try NetworkDefinition.mobilenetV2("narrow", width: 0.35).parameters()
    func channels(_ name: String) -> Int? { narrow.first { $0.name == name }?.shape[0] }
    // 11.2 → 16 since 8 is over a tenth less; 5.6 → 8; 112 stays; the last is never narrowed.
    #expect(channels("features.0.0.weight") == 16)
    #expect(channels("features.1.conv.1.weight") == 8)
    #expect(channels("features.17.conv.2.weight") == 112)
    #expect(channels("features.18.0.weight") == 1280)
  }

  @Test(arguments: ["ResNet-50", "resnet50", "RESNET 50"]) func `a name may be spelled in several ways`(name: String)
    throws
  {
    #expect(try NetworkDefinition.named(name).name == "resnet50")
  }

  @Test func `an unknown name is answered with the nearest and all`() {
    let error = #expect(throws: NetworkError.self) { try NetworkDefinition.named("resnet51") }
    #expect("\(error!)".contains("nearest: resnet50"))
    #expect("\(error!)".contains("densenet121"))
  }

  @Test(arguments: ["alexnet", "vgg11", "resnet18", "squeezenet1_1", "mobilenet_v2", "densenet121", "cifar_resnet20"])
  func `a network takes images of other sizes, and as many as one likes`(name: String) throws {
    let definition = try NetworkDefinition.named(name)
    let network = try Network(definition, weights: BlankWeights(for: definition, classes: 3))
    #expect(network.classes == 3)
    for (batch, height, width) in [(1, 97, 160), (3, 64, 64)] {
      let plan = try Plan(network.graph(batch: batch, imageSize: (height, width)))
      #expect(plan.shape(of: plan.graph.outputs[0]) == [batch, 3])
    }
  }
}
