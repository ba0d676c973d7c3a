import NetworkDefinitions
import Testing

/// The networks of the catalogue against what their papers and torchvision's documentation say of them.
@Suite struct BuiltInTests {
  /// The parameters that torchvision publishes; for CIFAR, those of the file that everybody uses.
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
}
