namespace Engine.Edge;

/// <summary>The edge cannot start with the options it was given; the message names the option, the cause and the remedy.</summary>
public sealed class EdgeConfigurationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EdgeConfigurationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
